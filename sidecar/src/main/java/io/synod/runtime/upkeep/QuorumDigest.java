package io.synod.runtime.upkeep;

import io.synod.paxos.Self;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Memberships;
import io.synod.paxos.value.Message;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last slot at which a quorum of voters is known to have the state of this node. A digest
 * covers everything before its slot, so a voter that has the same digest at one slot had the same
 * state at all slots before. A slot that is attested once stays so, whatever any voter reports
 * later.
 *
 * <p>The loop's thread calls it.
 */
final class QuorumDigest {
  private final Self self;
  // The last slot after which each peer that may vote had the state of this node.
  private final Map<Member, Long> agreedThrough = new HashMap<>();
  private @Nullable Memberships memberships;
  private long newest;
  private long slot;
  // A quorum's digest that a peer reported for a slot that this node has not applied yet; the first
  // one is kept, since later ones may always come before that slot is reached.
  private long reportedSlot;
  private long reportedDigest;

  QuorumDigest(Self self) {
    this.self = self;
  }

  /** The last slot at which a quorum is known to have the state of this node; 0 if none. */
  long slot() {
    return slot;
  }

  /** The memberships of the cluster, once it is formed. */
  void setMemberships(Memberships now) {
    memberships = now;
    count();
  }

  /** A quorum has the state of this node at {@code known}. */
  void raise(long known) {
    slot = Math.max(slot, known);
  }

  /** A voter had at {@code common} the state of this node. */
  void onAgreement(Member voter, long common) {
    agreedThrough.merge(voter, common, Math::max);
    count();
  }

  /**
   * This node applied everything up to {@code applied}.
   *
   * @return the digest that a quorum has there, as a peer reported, or null if none did
   */
  @Nullable Long onApplied(long applied) {
    newest = applied;
    count();
    if (newest < reportedSlot || reportedSlot == 0) {
      return null;
    }
    Long attestedDigest = newest == reportedSlot ? reportedDigest : null;
    reportedSlot = 0;
    return attestedDigest;
  }

  /** A peer reports what a quorum has at a slot that this node has not applied yet. */
  void onDigest(Message.StateDigest message) {
    if (reportedSlot == 0) {
      reportedSlot = message.attestedSlot();
      reportedDigest = message.attestedDigest();
    }
  }

  private void count() {
    if (memberships == null) {
      return;
    }
    Membership membership = memberships.of(newest + 1);
    long[] through = new long[agreedThrough.size() + 1];
    int voters = 0;
    if (membership.isVoter(self.member())) {
      through[voters++] = newest;
    }
    for (Map.Entry<Member, Long> theirs : agreedThrough.entrySet()) {
      if (membership.isVoter(theirs.getKey())) {
        through[voters++] = theirs.getValue();
      }
    }
    if (voters >= membership.quorum()) {
      Arrays.sort(through, 0, voters);
      raise(through[voters - membership.quorum()]);
    }
  }
}
