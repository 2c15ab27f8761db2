package io.synod.paxos.value;

/**
 * The position in the log of a snapshot of the replicated state.
 *
 * @param slot the last slot that it covers
 * @param index the index of the last command that it covers
 * @param logTimeMillis the log time of the state, in milliseconds since the epoch
 * @param digest the rolling digest of the state
 */
public record SnapshotMark(long slot, long index, long logTimeMillis, long digest) {
  /** The position before the first slot. */
  public static final SnapshotMark NONE = new SnapshotMark(0, 0, 0, 0);
}
