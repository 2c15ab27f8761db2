package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import java.util.List;

/**
 * The follower role: follows a leader, or waits for one.
 *
 * <p>It stands for election only once it has received nothing from a leader for the election
 * time-out and a random delay, a quorum answers it, and a quorum (itself counted) follows no leader
 * either. So a node that restarts, or that alone lost its connection to the leader, does not
 * disturb a leader that a quorum still follows.
 *
 * <p>Once the host of the leader refuses connections, the leader's process has ended: the follower
 * does not wait for the time-out, but only for a delay that is a fraction of the other one.
 */
final class Follower implements Role {
  private static final int ENDED_DELAY_DIVISOR = 5;

  private final RoleContext roleContext;
  private final long electionDelayNanos;
  private Ballot leader = Ballot.NONE;
  // That of the leader, or of the candidate that has a full time-out to win.
  private Ballot awaited = Ballot.NONE;
  // Whether the process of the awaited node ended, so that nothing more comes from it.
  private boolean awaitedEnded;
  private long lastReceivedAtNanos;
  // Those because of which the leader chooses nothing, as it last reported.
  private List<Integer> fullVoters = List.of();

  /** Waits from {@code nowNanos} on, for the time-out and {@code electionDelayNanos} more. */
  Follower(RoleContext roleContext, long nowNanos, long electionDelayNanos) {
    this.roleContext = roleContext;
    this.lastReceivedAtNanos = nowNanos;
    this.electionDelayNanos = electionDelayNanos;
  }

  @Override
  public Ballot leader() {
    return leader;
  }

  /** A message of the leader of {@code ballot} arrived. */
  void onLeaderMessage(Ballot ballot, long nowNanos) {
    if (leader.above(ballot) || isOfEnded(ballot, nowNanos)) {
      return;
    }
    await(ballot, nowNanos);
    if (!ballot.equals(leader)) {
      leader = ballot;
      fullVoters = List.of();
      roleContext.out().event(new Event.LeaderChanged(ballot));
    }
  }

  /** This node promised a candidate its ballot: the candidate gets a full time-out to win. */
  void yieldTo(Ballot candidate, long nowNanos) {
    if (candidate.above(leader) && !isOfEnded(candidate, nowNanos)) {
      clearLeader();
      await(candidate, nowNanos);
    }
  }

  private void await(Ballot ballot, long nowNanos) {
    awaited = ballot;
    awaitedEnded = false;
    lastReceivedAtNanos = nowNanos;
  }

  /**
   * The host of a peer refused a connection. Returns whether this node awaited a message of that
   * peer, which it now does not.
   */
  boolean refused(int peer, long nowNanos) {
    if (peer != awaited.node() || awaitedEnded) {
      return false;
    }
    clearLeader();
    awaitedEnded = true;
    lastReceivedAtNanos = nowNanos;
    return true;
  }

  /** Whether a message at this ballot is of a process that ended just now: it was sent before. */
  private boolean isOfEnded(Ballot ballot, long nowNanos) {
    return awaitedEnded
        && ballot.equals(awaited)
        && nowNanos - lastReceivedAtNanos <= roleContext.settings().heartbeatNanos() / 2;
  }

  /** Whether the awaited process ended within the time-out. */
  boolean expectsElection(long nowNanos) {
    return awaitedEnded
        && nowNanos - lastReceivedAtNanos <= roleContext.settings().electionTimeoutNanos();
  }

  @Override
  public void propose(List<Command> commands, long nowNanos) {
    int to = nextHop(nowNanos);
    if (to == 0) {
      roleContext.out().unplaced(commands);
    } else {
      forward(to, commands);
    }
  }

  /** Sends them in pages: all waiting commands may be more than a peer accepts in one message. */
  private void forward(int to, List<Command> commands) {
    int pageBytesMax = roleContext.settings().pageBytesMax();
    int first = 0;
    int bytes = 0;
    for (int next = 0; next < commands.size(); next++) {
      int more = Batch.encodedBytes(commands.get(next));
      if (next > first && more > pageBytesMax - bytes) {
        roleContext
            .out()
            .send(to, new Message.Forward(List.copyOf(commands.subList(first, next)), 1));
        first = next;
        bytes = 0;
      }
      bytes += more;
    }
    roleContext
        .out()
        .send(to, new Message.Forward(List.copyOf(commands.subList(first, commands.size())), 1));
  }

  @Override
  public void onForward(Message.Forward forward) {
    if (forward.hops() > 0 && !leader.isNone()) {
      roleContext
          .out()
          .send(leader.node(), new Message.Forward(forward.commands(), forward.hops() - 1));
    }
  }

  @Override
  public void read(long id, long nowNanos) {
    int to = nextHop(nowNanos);
    if (to != 0) {
      roleContext.out().send(to, new Message.ReadAsk(roleContext.self().node(), id, 1));
    }
  }

  @Override
  public void onReadAsk(int via, Message.ReadAsk ask) {
    if (ask.hops() > 0 && !leader.isNone()) {
      roleContext
          .out()
          .send(leader.node(), new Message.ReadAsk(ask.origin(), ask.id(), ask.hops() - 1));
    }
  }

  @Override
  public void tick(long nowNanos) {
    if (!leader.isNone() && nowNanos - lastReceivedAtNanos > waitNanos()) {
      clearLeader();
    }
  }

  /** Whether it is time to stand for election. */
  boolean shouldStartElection(long nowNanos) {
    return roleContext.isVoter()
        && leader.isNone()
        && nowNanos - lastReceivedAtNanos > waitNanos()
        && roleContext.isQuorum(membership -> leaderless(membership, nowNanos));
  }

  private int leaderless(Membership membership, long nowNanos) {
    return roleContext
        .connectivity()
        .leaderless(
            membership,
            roleContext.self().member(),
            awaitedEnded ? lastReceivedAtNanos : Long.MIN_VALUE,
            nowNanos);
  }

  /** The leader reported that it chooses nothing because these voters have no space; or none. */
  void onFullVoters(List<Integer> reported) {
    fullVoters = reported;
  }

  /** What the leader last reported, directly or through a peer. */
  List<Integer> fullVoters(long nowNanos) {
    if (!leader.isNone()) {
      return fullVoters;
    }
    Connectivity connectivity = roleContext.connectivity();
    return connectivity.reportedFullVoters(connectivity.relay(nowNanos));
  }

  /** Why it starts an election. */
  String electionReason(long nowNanos) {
    return awaitedEnded
        ? "the process of node " + awaited.node() + " ended"
        : "no leader heard for " + (nowNanos - lastReceivedAtNanos) / 1_000_000 + " ms";
  }

  /** How long after the last message of the awaited node it stands, or forgets the leader. */
  private long waitNanos() {
    if (awaitedEnded) {
      return electionDelayNanos / ENDED_DELAY_DIVISOR;
    }
    long timeout = roleContext.settings().electionTimeoutNanos();
    return leader.isNone() ? timeout + electionDelayNanos : timeout;
  }

  @Override
  public void endCycle() {}

  @Override
  public long wakeAtNanos() {
    return lastReceivedAtNanos + waitNanos() + 1;
  }

  private int nextHop(long nowNanos) {
    return leader.isNone() ? roleContext.connectivity().relay(nowNanos) : leader.node();
  }

  private void clearLeader() {
    if (!leader.isNone()) {
      leader = Ballot.NONE;
      roleContext.out().event(new Event.LeaderChanged(Ballot.NONE));
    }
  }
}
