/**
 * The checkers of the core, the log and the disk, one invariant per file. They share no logic with
 * the code under test, and get every step from {@code Checkers}. May import check, and the
 * vocabulary of paxos, runtime and state.
 */
@NullMarked
package io.synod.sim.check.core;

import org.jspecify.annotations.NullMarked;
