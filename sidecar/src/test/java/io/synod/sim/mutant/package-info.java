/**
 * Deliberate bugs, and the tests that the simulator finds each of them. {@code InputMutants} change
 * what a node receives, sends or writes; {@code SourceMutant} changes the source text of its
 * classes. May import everything of the simulator.
 */
@NullMarked
package io.synod.sim.mutant;

import org.jspecify.annotations.NullMarked;
