/**
 * What checkers know: the image of each disk, the chosen log by definition, and violations. The
 * checkers themselves are in {@code core} and {@code client}. May import the vocabulary of paxos,
 * runtime and state. The thread of the run owns them.
 */
@NullMarked
package io.synod.sim.check;

import org.jspecify.annotations.NullMarked;
