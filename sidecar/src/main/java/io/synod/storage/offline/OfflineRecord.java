package io.synod.storage.offline;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Vote;
import org.jspecify.annotations.Nullable;

/**
 * A promise or a vote, as it is recorded.
 *
 * @param kind what it records
 * @param slot the slot; 0 for a promise
 * @param value the value of the slot; null for a promise
 */
public record OfflineRecord(
    RecordKind kind, long slot, Ballot ballot, @Nullable Value value, Written written) {

  static OfflineRecord of(long slot, Vote vote, String file) {
    return new OfflineRecord(
        vote.learned() ? RecordKind.LEARNED : RecordKind.VOTE,
        slot,
        vote.ballot(),
        new Value(vote.batchDigest(), vote.batchBytes(), vote.commands()),
        new Written(vote.timeMillis(), file));
  }

  /** The type of a record. */
  public enum RecordKind {
    /** A promise. */
    PROMISE,
    /** A vote. */
    VOTE,
    /** A chosen value that the node learned instead of voting for it. */
    LEARNED
  }

  /**
   * The value of a slot.
   *
   * @param digest CRC-32C of the encoded batch
   */
  public record Value(int digest, int bytes, int commands) {}

  /**
   * Where and when a record was written.
   *
   * @param timeMillis by the node's wall clock
   * @param file the name of the file
   */
  public record Written(long timeMillis, String file) {}
}
