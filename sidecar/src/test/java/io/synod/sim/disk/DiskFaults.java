package io.synod.sim.disk;

/**
 * How a disk misbehaves, each in a million operations.
 *
 * @param capacityBytes what fits on it
 */
public record DiskFaults(
    int writeErrorPerMillion,
    int syncErrorPerMillion,
    int misdirectedReadPerMillion,
    long capacityBytes) {

  /** A disk without fault. */
  public static final DiskFaults NONE = new DiskFaults(0, 0, 0, Long.MAX_VALUE);
}
