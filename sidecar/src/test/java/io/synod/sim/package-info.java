/**
 * The simulator: the production cycle, codec and storage format on a simulated clock, network and
 * disk, all decided by one seed. {@link io.synod.sim.Simulation} composes a run from the packages
 * below. {@code Replay} and {@code Campaign} are commands that run seeds, and {@code Shrinker}
 * reduces a failing run; they are here because people call them by name. May import everything but
 * {@code mutant}. One thread owns a run.
 */
@NullMarked
package io.synod.sim;

import org.jspecify.annotations.NullMarked;
