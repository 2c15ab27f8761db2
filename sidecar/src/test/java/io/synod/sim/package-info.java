/**
 * The simulator: the shipped cycle, codec and storage format on a simulated clock, network and
 * disk, all from one seed. {@link io.synod.sim.Simulation} ties a run together from the rooms
 * below; {@code Replay} and {@code Campaign} are the commands that run seeds, and {@code Shrinker}
 * makes a failing one smaller. They stand here, and not in a room, because they are what people
 * call by name. May import everything but {@code mutant}. One thread owns a run.
 */
@NullMarked
package io.synod.sim;

import org.jspecify.annotations.NullMarked;
