/**
 * The simulator: the shipped cycle, codec and storage format on a simulated clock, network and
 * disk, all from one seed. May import everything. One thread owns a world.
 */
@NullMarked
package io.synod.sim;

import org.jspecify.annotations.NullMarked;
