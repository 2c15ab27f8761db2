package io.synod.runtime.port;

/**
 * When a snapshot is taken, and how much of the log is kept below it.
 *
 * @param everyBytes the bytes applied since the last snapshot after which one is taken
 * @param keepBytes the minimum of the log kept below it
 * @param bytesMax the maximum kept below it, whatever is needed
 * @param lapseMillis the log is not kept for a consumer's copy that was silent for this much log
 *     time
 */
public record SnapshotSettings(long everyBytes, long keepBytes, long bytesMax, long lapseMillis) {

  /** The default settings of a sidecar. */
  public static SnapshotSettings defaults() {
    return new SnapshotSettings(64L << 20, 16L << 20, 1L << 30, 3_600_000);
  }
}
