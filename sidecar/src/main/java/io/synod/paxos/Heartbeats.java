package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import java.util.List;

/**
 * Sends the heartbeats of this node and answers those of others. They report the leader that the
 * node is or follows, the quorum that answers it, and the freshness of its log.
 */
final class Heartbeats {
  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private static final int FREQUENT = 5;

  private final Self self;
  private final Settings settings;
  private final Connectivity connectivity;
  private final Learner learner;
  private final Clocks clocks;
  private final Outbox out;
  private Ballot announcedAs = Ballot.NONE;
  private long lastSentAtNanos = LONG_AGO;
  private long intervalNanos;

  Heartbeats(Self self, Settings settings, Connectivity connectivity, Learner learner, Outbox out) {
    this.self = self;
    this.settings = settings;
    this.intervalNanos = settings.heartbeatNanos();
    this.connectivity = connectivity;
    this.learner = learner;
    this.clocks =
        new Clocks(
            self.node(), connectivity, learner.logTime(), out, settings.electionTimeoutNanos());
    this.out = out;
  }

  /** The clocks that heartbeat answers carry. */
  Clocks clocks() {
    return clocks;
  }

  boolean isDue(long nowNanos) {
    return nowNanos - lastSentAtNanos >= intervalNanos;
  }

  long nextSendAtNanos() {
    return lastSentAtNanos + intervalNanos;
  }

  /**
   * Sets whether heartbeats are sent more often, because an election is expected: a candidate must
   * have answers of peers that have lost their leader.
   */
  void setFrequent(boolean frequent) {
    intervalNanos = frequent ? settings.heartbeatNanos() / FREQUENT : settings.heartbeatNanos();
  }

  /** A heartbeat was due, and other messages were sent instead. */
  void skip(long nowNanos) {
    lastSentAtNanos = nowNanos;
  }

  void send(long nowNanos, Roles roles) {
    lastSentAtNanos = nowNanos;
    Role role = roles.current();
    boolean leading = role instanceof Leader;
    announcedAs = leading ? role.leader() : Ballot.NONE;
    long id = connectivity.recordHeartbeat(nowNanos);
    boolean quorum = isQuorumConnected(nowNanos, roles);
    List<Integer> fullVoters = roles.fullVoters(nowNanos);
    for (int peer : self.peers()) {
      out.send(
          peer,
          new Message.Heartbeat(
              id,
              role.leader(),
              leading,
              quorum,
              learner.chosenThrough(),
              learner.chosenIndex(),
              fullVoters));
    }
  }

  /** Whether no peer was informed yet that this node leads. */
  boolean isUnannounced(Leader leader) {
    return !leader.leader().equals(announcedAs);
  }

  void sendAck(long nowNanos, int to, long id, Roles roles) {
    Ballot leader = roles.reportedLeader(nowNanos);
    boolean quorum = isQuorumConnected(nowNanos, roles);
    long followedAtNanos = followedAt(nowNanos, roles);
    // Voters that once followed this ballot may still answer, and follow another.
    boolean followed = followedAtNanos > LONG_AGO && !leader.isNone();
    out.send(
        to,
        new Message.HeartbeatAck(
            id,
            leader,
            followed && quorum,
            quorum,
            learner.chosenThrough(),
            learner.chosenIndex(),
            followed ? nowNanos - followedAtNanos : 0,
            clocks.times(),
            connectivity.isFull(self.node()),
            roles.fullVoters(nowNanos)));
  }

  /**
   * When a quorum last followed this node as a settled leader; a time before all others if none
   * did.
   */
  long followedAt(long nowNanos, Roles roles) {
    return roles.current() instanceof Leader leader && leader.isSettled()
        ? roles.roleContext().memberships().stream()
            .mapToLong(
                membership ->
                    connectivity.quorumFollowedAt(
                        membership, leader.leader(), self.member(), nowNanos))
            .min()
            .orElse(LONG_AGO)
        : LONG_AGO;
  }

  private boolean isQuorumConnected(long nowNanos, Roles roles) {
    return roles
        .roleContext()
        .isQuorum(membership -> connectivity.reachable(membership, self, nowNanos));
  }
}
