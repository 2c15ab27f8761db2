package io.synod.paxos;

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
  private final Links links;
  private final LogTime logTime;
  private final Outbox out;
  private long wallMillis = UNREAD;
  private long readNanos;
  private long readAtNanos;

  Clocks(int self, Links links, LogTime logTime, Outbox out) {
    this.self = self;
    this.links = links;
    this.logTime = logTime;
    this.out = out;
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

  /** Somebody answered a heartbeat; only voters are believed. */
  void acked(long nowNanos, boolean voter, Message.HeartbeatAck ack) {
    if (voter && ack.times().logTimeMillis() != Message.Times.UNKNOWN) {
      logTime.heard(ack.times().logTimeMillis(), nowNanos);
    }
  }

  /** Lets log time go on. */
  void pass(long nowNanos, @Nullable Roles playing) {
    if (playing == null || !(playing.current() instanceof Leader)) {
      logTime.follow(nowNanos);
      return;
    }
    Formation formation = playing.stage().formation();
    long reference = links.reference(formation, self, wallMillis, nowNanos);
    if (reference < 0) {
      logTime.lead(nowNanos);
    } else if (logTime.isRunning()) {
      logTime.lead(nowNanos, reference);
    } else {
      logTime.begin(reference, nowNanos);
    }
  }
}
