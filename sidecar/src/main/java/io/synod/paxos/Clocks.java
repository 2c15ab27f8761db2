package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;

/**
 * The wall clocks of this node and of the nodes that answer it, and their influence on log time. No
 * single wall clock determines log time: the reference is the latest time that the clocks of a
 * majority of the voters have reached.
 */
final class Clocks {
  /** A wall clock that moved by this much more or less than the monotonic clock was set. */
  static final long STEP_MILLIS = 500;

  // Clocks that are slewed, or run at another speed, do not count as set.
  private static final int DRIFT_ONE_IN = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long UNREAD = Long.MIN_VALUE;

  private final int self;
  private final Connectivity connectivity;
  private final LogTime logTime;
  private final Outbox out;
  private final long timeoutNanos;
  private long wallMillis = UNREAD;
  private long readNanos;
  private long readAtNanos;
  // When this node became a member of a formed cluster.
  private long memberAtNanos;
  private boolean isMember;

  Clocks(int self, Connectivity connectivity, LogTime logTime, Outbox out, long timeoutNanos) {
    this.self = self;
    this.connectivity = connectivity;
    this.logTime = logTime;
    this.out = out;
    this.timeoutNanos = timeoutNanos;
  }

  /** The clocks of this node, as its heartbeat answers report them. */
  Message.Times times() {
    return new Message.Times(
        Math.max(0, wallMillis), logTime.isRunning() ? logTime.millis() : Message.Times.UNKNOWN);
  }

  /** By how much the wall clock here is ahead of log time; 0 while that is not known. */
  long aheadMillis() {
    return logTime.isRunning() ? wallMillis - logTime.millis() : 0;
  }

  /** Reads the wall clock, which the tick of a turn carries. */
  void read(long nowNanos, Input.Tick tick) {
    if (wallMillis != UNREAD) {
      long passed = (nowNanos - readAtNanos) / NANOS_PER_MILLI;
      long stepMillis = tick.wallMillis() - wallMillis - passed;
      long toleranceMillis =
          (readNanos + tick.readNanos()) / NANOS_PER_MILLI + passed / DRIFT_ONE_IN;
      if (Math.abs(stepMillis) >= STEP_MILLIS + toleranceMillis) {
        out.event(new Event.ClockStepped(stepMillis));
      }
    }
    wallMillis = tick.wallMillis();
    readNanos = tick.readNanos();
    readAtNanos = nowNanos;
  }

  /**
   * A heartbeat that was sent at that time was answered; only answers of voters count. The clocks
   * in an answer may be as old as its heartbeat, so log time starts to run only by an answer that
   * arrived quickly.
   *
   * <p>Once log time runs, the highest that any voter reports is taken only while there is no
   * timekeeper, which is a settled leader. The leader's log time is at least what its quorum
   * reported when it was elected, and that of each follower is kept close to it, so that no other
   * clock determines the speed of log time.
   *
   * @param timekeeper the ballot of the settled leader that this node is or follows; NONE if none
   */
  void onHeartbeatAck(
      long nowNanos, long sentAtNanos, boolean voter, Ballot timekeeper, Message.HeartbeatAck ack) {
    long reportedMillis = ack.times().logTimeMillis();
    if (!voter || reportedMillis == Message.Times.UNKNOWN) {
      return;
    }
    if (!logTime.isRunning()) {
      if (isTimely(nowNanos, sentAtNanos)) {
        logTime.advanceTo(reportedMillis, nowNanos);
      }
    } else if (timekeeper.isNone()) {
      logTime.advanceTo(reportedMillis, nowNanos);
    } else if (ack.leading() && timekeeper.equals(ack.leader())) {
      logTime.bound(
          reportedMillis, reportedMillis + (nowNanos - sentAtNanos) / NANOS_PER_MILLI + 1);
    }
  }

  private boolean isTimely(long nowNanos, long sentAtNanos) {
    // If all answers are slow, a late answer is accepted after some time.
    return nowNanos - sentAtNanos <= timeoutNanos / 2
        || (isMember && nowNanos - memberAtNanos > 4 * timeoutNanos);
  }

  /** Advances log time, or starts it if a majority answers and none of them knows it. */
  void advance(long nowNanos, Membership membership, Role role) {
    if (!isMember) {
      isMember = true;
      memberAtNanos = nowNanos;
    }
    long reference = connectivity.reference(membership, self, wallMillis, nowNanos);
    if (!logTime.isRunning() && reference >= 0 && isLogTimeUnknown(nowNanos, role, membership)) {
      // Followers start it too: a leader that is elected next must find it at other voters.
      logTime.start(reference, nowNanos);
    }
    if (!(role instanceof Leader)) {
      logTime.advanceAsFollower(nowNanos);
    } else if (reference < 0) {
      logTime.advanceAsLeader(nowNanos);
    } else {
      logTime.advanceAsLeader(nowNanos, reference);
    }
  }

  /**
   * Whether no voter that answers knows log time, and this node follows no leader that may know it.
   */
  private boolean isLogTimeUnknown(long nowNanos, Role role, Membership membership) {
    boolean hasNoLeader = role instanceof Leader || role.leader().isNone();
    boolean timeoutPassed = nowNanos - memberAtNanos >= timeoutNanos;
    return hasNoLeader && timeoutPassed && !connectivity.isLogTimeKnown(membership, nowNanos);
  }
}
