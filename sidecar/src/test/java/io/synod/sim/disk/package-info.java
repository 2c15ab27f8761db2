/**
 * Simulated disks that lose unsynced data, tear writes, rot, fill up and fail, behind the two disk
 * interfaces of storage. May import storage and runtime. One thread owns a disk.
 */
@NullMarked
package io.synod.sim.disk;

import org.jspecify.annotations.NullMarked;
