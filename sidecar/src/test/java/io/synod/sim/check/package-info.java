/**
 * What checkers know: the image of each disk, what is chosen by definition, and how a violation is
 * reported. The checkers themselves stand in {@code core} and {@code client}. May import the
 * vocabulary of paxos, runtime and state. One thread owns them, as it owns the run.
 */
@NullMarked
package io.synod.sim.check;

import org.jspecify.annotations.NullMarked;
