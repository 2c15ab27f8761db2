package io.synod.paxos.value;

import java.util.List;

/**
 * A value for a slot at a ballot: what an acceptor accepts, and what is chosen once a quorum has
 * accepted it.
 *
 * @param slot the position in the log, from 1
 * @param ballot the ballot at which it was proposed
 * @param batch the value
 */
public record Proposal(long slot, Ballot ballot, Batch batch) {
  /** The memory that a proposal takes besides its batch. */
  private static final long OVERHEAD_BYTES = 128L;

  /** About how much memory it takes, in bytes. */
  public long bytes() {
    return batch.size() + OVERHEAD_BYTES;
  }

  /** About how much memory they take, in bytes. */
  static long bytes(List<Proposal> proposals) {
    long bytes = 0;
    for (Proposal proposal : proposals) {
      bytes += proposal.bytes();
    }
    return bytes;
  }
}
