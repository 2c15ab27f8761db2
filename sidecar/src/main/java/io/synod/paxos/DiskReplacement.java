package io.synod.paxos;

import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decision of a leader to replace a voter whose disk was lost: the node runs with another disk,
 * has kept up with the log for some heartbeats, nothing was heard of the voter's disk for an
 * election time-out, and the other voters are a quorum.
 */
final class DiskReplacement {
  private static final int HEARTBEATS = 3;

  private final RoleContext roleContext;
  private final Map<Integer, Observed> observed = new HashMap<>();

  /** How often in a row a node answered with this disk, and was close behind. */
  private record Observed(long incarnation, long sinceNanos, int closeAnswers) {}

  DiskReplacement(RoleContext roleContext) {
    this.roleContext = roleContext;
  }

  /** A message of a member arrived: a node runs with one disk only. */
  void onMessage(Member member) {
    observed.computeIfPresent(
        member.node(), (node, last) -> last.incarnation == member.incarnation() ? last : null);
  }

  /** A member answered a heartbeat, and knows the slots up to this one to be chosen. */
  void onHeartbeatAck(Member member, long chosenThrough, long nowNanos) {
    long behind = roleContext.learner().chosenThrough() - chosenThrough;
    boolean close = behind <= roleContext.settings().membershipDistance();
    Observed last = observed.get(member.node());
    if (last == null || last.incarnation != member.incarnation()) {
      last = new Observed(member.incarnation(), nowNanos, 0);
    }
    int closeAnswers = close ? last.closeAnswers + 1 : 0;
    observed.put(member.node(), new Observed(member.incarnation(), last.sinceNanos, closeAnswers));
  }

  /** The membership to propose now; null if no voter is to be replaced. */
  @Nullable Membership due(long nowNanos) {
    Membership newest = roleContext.learner().memberships().get().newest();
    for (Member voter : newest.voters()) {
      Observed now = observed.get(voter.node());
      if (now == null || now.incarnation == voter.incarnation()) {
        continue;
      }
      Member replacement = new Member(voter.node(), now.incarnation);
      boolean ready =
          now.closeAnswers >= HEARTBEATS
              && nowNanos - now.sinceNanos > roleContext.settings().electionTimeoutNanos()
              && roleContext.connectivity().isConnected(replacement, nowNanos)
              && isQuorumConnected(newest, nowNanos);
      if (ready && !newest.retired().contains(replacement)) {
        return newest.replacing(voter, replacement);
      }
    }
    return null;
  }

  /** Whether the connected voters are a quorum; the one that is replaced is not connected. */
  private boolean isQuorumConnected(Membership newest, long nowNanos) {
    return roleContext.connectivity().reachable(newest, roleContext.self(), nowNanos)
        >= newest.quorum();
  }
}
