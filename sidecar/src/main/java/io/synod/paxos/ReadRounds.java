package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Confirms, for strong reads, that a leader's ballot is still the highest that a quorum promised.
 *
 * <p>A round serves exactly the reads that had arrived when it began; its number is used once, for
 * one leader's ballot. Its slot is the chosen prefix at its beginning: that covers everything
 * acknowledged before any of its reads, since the leader learns of a quorum first.
 */
final class ReadRounds {
  private static final int ROUND_MAX = 100_000;

  private final Ballot ballot;
  private final RoleContext roleContext;
  private final Outbox out;
  private final ResendBackoff resendBackoff;
  private List<WaitingRead> waiting = new ArrayList<>();
  private List<WaitingRead> served = new ArrayList<>();
  private List<Membership> memberships;
  private JointCount voters;
  private long round;
  private long slot;
  private Request probe = new Request(0);

  /**
   * A read that waits: the node that forwarded it, the node where the read is, and the read's id.
   */
  record WaitingRead(int via, int origin, long id) {}

  ReadRounds(Ballot ballot, RoleContext roleContext) {
    this.ballot = ballot;
    this.roleContext = roleContext;
    this.out = roleContext.out();
    this.resendBackoff = ResendBackoff.of(roleContext.settings());
    this.memberships = roleContext.memberships();
    this.voters = new JointCount(memberships);
  }

  void add(WaitingRead read) {
    // A read beyond the bound is not answered; the requesting node repeats it or abandons it.
    if (waiting.size() < ROUND_MAX) {
      waiting.add(read);
    }
  }

  /**
   * Begins a round if reads wait and none is in progress. A round that counts other memberships
   * than those that are open now is begun again: its voters may have left.
   */
  void begin(long nowNanos, long chosenThrough) {
    if (!served.isEmpty() && !memberships.equals(roleContext.memberships())) {
      served.addAll(waiting);
      waiting = served;
      served = new ArrayList<>();
    }
    if (!served.isEmpty() || waiting.isEmpty()) {
      return;
    }
    served = waiting;
    waiting = new ArrayList<>();
    memberships = roleContext.memberships();
    voters = new JointCount(memberships);
    round++;
    Check.that(chosenThrough >= slot, "a later round reads no earlier slot", chosenThrough, slot);
    slot = chosenThrough;
    probe = new Request(nowNanos);
    probe();
  }

  /** Repeats the probe to the voters that have not answered. */
  void resend(long nowNanos) {
    if (!served.isEmpty() && nowNanos >= probe.dueNanos(resendBackoff)) {
      if (!probe.isLost()) {
        resendBackoff.onTimeout();
      }
      probe.markSent(nowNanos);
      probe();
    }
  }

  /** Messages in flight between this node and a peer may be lost. */
  void onReconnected() {
    probe.markLost();
  }

  /** Whether no read waits for an answer. */
  boolean isIdle() {
    return served.isEmpty();
  }

  /** A voter confirmed this leader's ballot. */
  void onAck(Member voter, long ackedRound, long nowNanos) {
    if (served.isEmpty() || ackedRound != round) {
      return;
    }
    voters.add(voter);
    if (!voters.isQuorum()) {
      return;
    }
    resendBackoff.onReply(probe.ageNanos(nowNanos));
    for (WaitingRead read : served) {
      if (read.origin() == ballot.node()) {
        out.read(read.id(), slot);
      } else {
        out.send(read.via(), new Message.ReadAnswer(read.origin(), read.id(), slot));
      }
    }
    served = new ArrayList<>();
  }

  private void probe() {
    for (Member voter : roleContext.voters()) {
      if (!voters.has(voter)) {
        out.send(voter.node(), new Message.ReadProbe(ballot, round));
      }
    }
  }
}
