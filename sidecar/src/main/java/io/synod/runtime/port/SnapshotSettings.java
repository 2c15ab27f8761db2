package io.synod.runtime.port;

/**
 * When a snapshot is taken, and how much of the log below it is kept.
 *
 * @param everyBytes one is taken once so many bytes were applied since the last
 * @param keepBytes at least so much history below it stays
 * @param bytesMax no more than this stays below it, whoever needs it
 * @param lapseMillis a consumer's copy that was silent for so much log time is not waited for
 */
public record SnapshotSettings(long everyBytes, long keepBytes, long bytesMax, long lapseMillis) {

  /** What a sidecar runs with unless told otherwise. */
  public static SnapshotSettings defaults() {
    return new SnapshotSettings(64L << 20, 16L << 20, 1L << 30, 3_600_000);
  }
}
