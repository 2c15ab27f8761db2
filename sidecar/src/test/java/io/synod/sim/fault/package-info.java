/**
 * The faults of a run and their end: {@code Nemesis} injects them, {@code Healing} ends them. May
 * import cluster, run, check and disk.
 */
@NullMarked
package io.synod.sim.fault;

import org.jspecify.annotations.NullMarked;
