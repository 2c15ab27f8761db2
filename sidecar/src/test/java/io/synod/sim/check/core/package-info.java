/**
 * The checkers of the core, the log and the disk: one invariant a file, each with its reason, apart
 * from the system that they judge. They are told of every step by {@code Checkers}. May import
 * check, and the vocabulary of paxos, runtime and state.
 */
@NullMarked
package io.synod.sim.check.core;

import org.jspecify.annotations.NullMarked;
