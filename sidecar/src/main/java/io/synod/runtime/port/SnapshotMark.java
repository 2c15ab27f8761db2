package io.synod.runtime.port;

/**
 * Where in the log a snapshot of the replicated state was taken.
 *
 * @param slot the last slot that is in it
 * @param index the index of the last command that is in it
 * @param logTimeMillis the log time of the state, in milliseconds since the epoch
 * @param digest the rolling digest of the state
 */
public record SnapshotMark(long slot, long index, long logTimeMillis, long digest) {
  /** Before the first slot. */
  public static final SnapshotMark NONE = new SnapshotMark(0, 0, 0, 0);
}
