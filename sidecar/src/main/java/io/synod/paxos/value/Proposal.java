package io.synod.paxos.value;

import java.util.List;

/**
 * A value for a slot under a ballot: what an acceptor accepts, and what is chosen once a quorum
 * has.
 *
 * @param slot the place in the log, from 1
 * @param ballot the ballot it was proposed under
 * @param batch the value
 */
public record Proposal(long slot, Ballot ballot, Batch batch) {
  /** What a proposal costs in memory beside its batch. */
  private static final long OVERHEAD_BYTES = 128L;

  /** About what it takes in memory, in bytes. */
  public long bytes() {
    return batch.size() + OVERHEAD_BYTES;
  }

  /** About what they take in memory, in bytes. */
  static long bytes(List<Proposal> proposals) {
    long bytes = 0;
    for (Proposal proposal : proposals) {
      bytes += proposal.bytes();
    }
    return bytes;
  }
}
