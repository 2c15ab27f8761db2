/**
 * Disks that forget, tear, rot, fill and fail, behind the two seams of storage. May import storage
 * and runtime. One thread owns a disk.
 */
@NullMarked
package io.synod.sim.disk;

import org.jspecify.annotations.NullMarked;
