/**
 * The clients of a cluster, which use the production node as applications do, and their shared
 * record of all answers. May import cluster, run, check and disk.
 */
@NullMarked
package io.synod.sim.workload;

import org.jspecify.annotations.NullMarked;
