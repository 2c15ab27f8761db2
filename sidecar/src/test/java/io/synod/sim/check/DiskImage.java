package io.synod.sim.check;

import static io.synod.sim.check.Arithmetic.highest;
import static io.synod.sim.check.Arithmetic.isAbove;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The checkers' image of one disk: the promise, and the accepted or learned proposal of each slot.
 */
public final class DiskImage {
  private Ballot promised = Ballot.NONE;
  private @Nullable Proposal[] proposals = new Proposal[64];
  // The slots whose value this disk learned and never voted for.
  private final BitSet reported = new BitSet();
  private long top;
  private long applied;
  private long snapshot;
  private boolean formed;

  /** The highest promised ballot; an acceptance promises its ballot too. */
  public Ballot promised() {
    return promised;
  }

  /** The highest slot with a proposal. */
  public long top() {
    return top;
  }

  /** The last slot recorded as applied. */
  public long applied() {
    return applied;
  }

  /** Whether the disk has recorded that the cluster is formed. */
  public boolean formed() {
    return formed;
  }

  /** The proposal of the slot, or null. */
  public @Nullable Proposal at(long slot) {
    return slot > top || slot < 1 ? null : proposals[(int) slot];
  }

  /** The ballot of the slot's proposal; NONE if there is none. */
  public Ballot ballot(long slot) {
    Proposal held = at(slot);
    return held == null ? Ballot.NONE : held.ballot();
  }

  /** Whether this disk ever voted in the slot. Only then does a candidate depend on its report. */
  public boolean hasVoted(long slot) {
    return at(slot) != null && !reported.get((int) slot);
  }

  /** The value of the slot, or null. */
  public @Nullable Batch batch(long slot) {
    Proposal held = at(slot);
    return held == null ? null : held.batch();
  }

  /** Applies a write to the image. */
  public void take(Write write) {
    if (write instanceof Write.Promised promise) {
      promised = highest(promised, promise.ballot());
    } else if (write instanceof Write.Accepted accepted) {
      promised = highest(promised, accepted.proposal().ballot());
      put(accepted.proposal());
      reported.clear((int) accepted.proposal().slot());
    } else if (write instanceof Write.Learned learned) {
      int slot = (int) learned.proposal().slot();
      reported.set(slot, !hasVoted(slot));
      put(learned.proposal());
    } else if (write instanceof Write.Applied through) {
      applied = Math.max(applied, through.through());
    } else if (write instanceof Write.Formed) {
      formed = true;
    }
  }

  /**
   * A snapshot of this slot was sealed, so that a process that opens the disk may start after it.
   */
  public void sealed(long slot) {
    snapshot = Math.max(snapshot, slot);
  }

  /** A peer's snapshot replaced the slots up to this one. */
  public void jumped(long slot) {
    sealed(slot);
    applied = Math.max(applied, slot);
  }

  /** The last slot that is applied or covered by a snapshot. */
  public long reach() {
    return Math.max(applied, snapshot);
  }

  /** Replaces the image by what a process recovered from the disk. */
  public void recovered(Recovered found) {
    promised = found.promised();
    for (Proposal proposal : found.accepted()) {
      put(proposal);
    }
    long last = found.archivedThrough();
    for (Proposal proposal : found.accepted()) {
      for (long slot = last + 1; slot < proposal.slot(); slot++) {
        remove(slot);
      }
      last = proposal.slot();
    }
    for (long slot = last + 1; slot <= top; slot++) {
      remove(slot);
    }
    top = Math.min(top, last);
    applied = found.chosenThrough();
    formed = found.formed();
  }

  /** An independent copy. */
  public DiskImage copy() {
    DiskImage copy = new DiskImage();
    copy.promised = promised;
    copy.proposals = Arrays.copyOf(proposals, proposals.length);
    copy.reported.or(reported);
    copy.top = top;
    copy.applied = applied;
    copy.snapshot = snapshot;
    copy.formed = formed;
    return copy;
  }

  private void remove(long slot) {
    if (slot <= top) {
      proposals[(int) slot] = null;
      reported.clear((int) slot);
    }
  }

  private void put(Proposal proposal) {
    int slot = (int) proposal.slot();
    if (slot >= proposals.length) {
      proposals = Arrays.copyOf(proposals, Math.max(slot + 1, proposals.length * 2));
    }
    Proposal held = proposals[slot];
    // A value learned at a lower ballot is the same value, so the highest ballot is kept.
    proposals[slot] = held != null && isAbove(held.ballot(), proposal.ballot()) ? held : proposal;
    top = Math.max(top, slot);
  }
}
