package io.synod.paxos;

/**
 * The time that a leader stamps its batches with, in milliseconds since the epoch. It follows the
 * wall clock here and never runs back. Where the log is ahead of that clock, as after a leader
 * whose clock was fast, it goes on at the pace of the monotonic clock: else nothing would expire
 * until the wall clock has caught up.
 */
final class LogTime {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private long lastMillis;
  // What it was at some moment; from there it goes on by itself.
  private long anchorMillis;
  private long anchorNanos;

  LogTime(long millis, long nowNanos) {
    lastMillis = millis;
    anchorMillis = millis;
    anchorNanos = nowNanos;
  }

  /** What was stamped last, here or by an earlier leader. */
  long last() {
    return lastMillis;
  }

  /** An earlier leader stamped this. */
  void inherit(long millis) {
    lastMillis = Math.max(lastMillis, millis);
  }

  /** The next stamp. */
  long stamp(long nowNanos, long wallMillis) {
    long passed = anchorMillis + (nowNanos - anchorNanos) / NANOS_PER_MILLI;
    lastMillis = Math.max(lastMillis, Math.max(passed, wallMillis));
    if (lastMillis > passed) {
      anchorMillis = lastMillis;
      anchorNanos = nowNanos;
    }
    return lastMillis;
  }
}
