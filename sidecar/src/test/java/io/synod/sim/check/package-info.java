/**
 * The judges: one invariant a file, each with its reason, apart from the system they judge. May
 * import the vocabulary of paxos, runtime and state. One thread owns them, as it owns the world.
 */
@NullMarked
package io.synod.sim.check;

import org.jspecify.annotations.NullMarked;
