/**
 * What goes wrong in a cluster while faults last, and its end: {@code Nemesis} strikes, {@code
 * Healing} mends. May import cluster, run, check and disk.
 */
@NullMarked
package io.synod.sim.fault;

import org.jspecify.annotations.NullMarked;
