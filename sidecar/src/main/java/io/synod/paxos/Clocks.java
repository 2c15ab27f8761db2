package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import org.jspecify.annotations.Nullable;

/**
 * The wall clocks of this node and of those that answer it, and what they mean for log time. No
 * wall clock decides anything alone: the reference is the latest time that the clocks of a majority
 * of the voters have reached.
 */
final class Clocks {
  /** A wall clock that moved by so much more or less than the monotonic clock was set. */
  static final long STEP_MILLIS = 500;

  // Clocks that are slewed, or differ in their speed, are not set.
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
  // Since when this node plays a role.
  private long playingAtNanos;
  private boolean plays;

  Clocks(int self, Connectivity connectivity, LogTime logTime, Outbox out, long timeoutNanos) {
    this.self = self;
    this.connectivity = connectivity;
    this.logTime = logTime;
    this.out = out;
    this.timeoutNanos = timeoutNanos;
  }

  /** What this node says of its clocks. */
  Message.Times times() {
    return new Message.Times(
        Math.max(0, wallMillis), logTime.isRunning() ? logTime.millis() : Message.Times.UNKNOWN);
  }

  /** By how much the wall clock here is ahead of log time; 0 while that is not known. */
  long aheadMillis() {
    return logTime.isRunning() ? wallMillis - logTime.millis() : 0;
  }

  /** A turn begins, for which the wall clock was read. */
  void tick(long nowNanos, Input.Tick tick, @Nullable Roles playing) {
    read(nowNanos, tick);
    pass(nowNanos, playing);
  }

  private void read(long nowNanos, Input.Tick tick) {
    if (wallMillis != UNREAD) {
      long passed = (nowNanos - readAtNanos) / NANOS_PER_MILLI;
      long moved = tick.wallMillis() - wallMillis - passed;
      long unsure = (readNanos + tick.readNanos()) / NANOS_PER_MILLI + passed / DRIFT_ONE_IN;
      if (Math.abs(moved) >= STEP_MILLIS + unsure) {
        out.event(new Event.ClockStepped(moved));
      }
    }
    wallMillis = tick.wallMillis();
    readNanos = tick.readNanos();
    readAtNanos = nowNanos;
  }

  /**
   * A heartbeat that was sent then was answered; only voters are believed. What an answer tells may
   * be as old as its heartbeat, so log time starts to run only by one that came soon.
   *
   * <p>Once it runs, the highest that any voter tells is taken only while there is no timekeeper,
   * which is a settled leader. Its own is at least what its quorum told it when it was elected, and
   * that of each follower is kept beside it, so that no other clock decides how fast log time goes.
   *
   * @param timekeeper the ballot of the settled leader that this node is or follows; NONE if none
   */
  void acked(
      long nowNanos, long sentAtNanos, boolean voter, Ballot timekeeper, Message.HeartbeatAck ack) {
    long told = ack.times().logTimeMillis();
    if (!voter || told == Message.Times.UNKNOWN) {
      return;
    }
    if (!logTime.isRunning()) {
      if (isSoon(nowNanos, sentAtNanos)) {
        logTime.heard(told, nowNanos);
      }
    } else if (timekeeper.isNone()) {
      logTime.heard(told, nowNanos);
    } else if (ack.leading() && timekeeper.equals(ack.leader())) {
      logTime.bound(told, told + (nowNanos - sentAtNanos) / NANOS_PER_MILLI + 1);
    }
  }

  private boolean isSoon(long nowNanos, long sentAtNanos) {
    // Where all answers are slow, a late one is better than none at last.
    return nowNanos - sentAtNanos <= timeoutNanos / 2
        || (plays && nowNanos - playingAtNanos > 4 * timeoutNanos);
  }

  /** Lets log time go on, or begin where a majority answers and nobody remembers it. */
  void pass(long nowNanos, @Nullable Roles playing) {
    if (playing == null) {
      return;
    }
    if (!plays) {
      plays = true;
      playingAtNanos = nowNanos;
    }
    Formation formation = playing.roleContext().formation();
    Role role = playing.current();
    long reference = connectivity.reference(formation, self, wallMillis, nowNanos);
    if (!logTime.isRunning() && reference >= 0 && isForgotten(nowNanos, role, formation)) {
      // Not only a leader: who is elected next must find that others know what it began with.
      logTime.begin(reference, nowNanos);
    }
    if (!(role instanceof Leader)) {
      logTime.follow(nowNanos);
    } else if (reference < 0) {
      logTime.lead(nowNanos);
    } else {
      logTime.lead(nowNanos, reference);
    }
  }

  /** Whether no voter that answers remembers log time, and none is heard that may. */
  private boolean isForgotten(long nowNanos, Role role, Formation formation) {
    boolean followsNobody = role instanceof Leader || role.leader().isNone();
    boolean allHadTime = nowNanos - playingAtNanos >= timeoutNanos;
    return followsNobody && allHadTime && !connectivity.isLogTimeKnown(formation, nowNanos);
  }
}
