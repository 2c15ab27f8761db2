package io.synod.sim.disk;

/**
 * The fault rates of a disk, in a million operations.
 *
 * @param capacityBytes the capacity of the disk
 */
public record DiskFaults(
    int writeErrorPerMillion,
    int syncErrorPerMillion,
    int misdirectedReadPerMillion,
    long capacityBytes) {

  /** No faults. */
  public static final DiskFaults NONE = new DiskFaults(0, 0, 0, Long.MAX_VALUE);
}
