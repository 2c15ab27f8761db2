package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Message;

/**
 * The hand-over of a leader to another voter: the leader proposes no more commands, waits until all
 * of its slots are chosen, and requests that the successor stand for election. It goes on as leader
 * if the successor does not take over within the election time-out.
 */
final class LeaderHandOver {
  private final RoleContext roleContext;
  private final Ballot ballot;
  // 0 while none is under way.
  private int successor;
  private long beganAtNanos;
  private long sentAtNanos = Long.MIN_VALUE;

  LeaderHandOver(RoleContext roleContext, Ballot ballot) {
    this.roleContext = roleContext;
    this.ballot = ballot;
  }

  boolean isUnderWay() {
    return successor != 0;
  }

  /** Begins to hand over to {@code to}, or to the most up-to-date voter if 0. */
  void begin(int to, long nowNanos) {
    Connectivity connectivity = roleContext.connectivity();
    int target = to != 0 ? to : connectivity.bestSuccessor(roleContext.membership(), nowNanos);
    boolean able =
        target != roleContext.self().node() && connectivity.isConnected(target, nowNanos);
    if (able && roleContext.hasVoter(target)) {
      successor = target;
      beganAtNanos = nowNanos;
    }
  }

  /**
   * Sends the request once every slot is chosen, and ends a hand-over that takes too long.
   *
   * @param drained whether no slot is open, nor inherited and not proposed
   * @param proposedThrough the last slot that this leader proposed
   */
  void proceed(long nowNanos, boolean drained, long proposedThrough, long chosenThrough) {
    if (!isUnderWay()) {
      return;
    }
    boolean sentLately = nowNanos - roleContext.settings().resendNanos() < sentAtNanos;
    if (!sentLately && drained) {
      Check.that(
          proposedThrough <= chosenThrough,
          "all slots are chosen before the leader hands over",
          proposedThrough,
          chosenThrough);
      sentAtNanos = nowNanos;
      roleContext.out().send(successor, new Message.TakeOver(ballot, proposedThrough));
    }
    if (nowNanos - beganAtNanos > roleContext.settings().electionTimeoutNanos()) {
      successor = 0;
    }
  }
}
