/**
 * The clients of a cluster, which use the shipped node as applications do, and what they know
 * together of all answers. May import cluster, run, check and disk.
 */
@NullMarked
package io.synod.sim.workload;

import org.jspecify.annotations.NullMarked;
