package io.synod.paxos;

/**
 * The time that a leader stamps its batches with, in milliseconds since the epoch. It follows the
 * wall clock here and never runs back. Where the log is ahead of that clock, as after a leader
 * whose clock was fast, it goes on at almost the pace of the monotonic clock, so that things still
 * expire and the wall clock catches up.
 */
final class LogTime {
  private static final long NANOS_PER_MILLI = 1_000_000;

  // So much slower than time passes.
  private static final int SLOWER_ONE_IN = 50;

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

  /**
   * What a stamp would be.
   *
   * @param wallMillis read no later than {@code nowNanos}: between the two no time may get in
   */
  long at(long nowNanos, long wallMillis) {
    return Math.max(lastMillis, Math.max(passed(nowNanos), wallMillis));
  }

  /** The next stamp. */
  long stamp(long nowNanos, long wallMillis) {
    lastMillis = at(nowNanos, wallMillis);
    if (lastMillis > passed(nowNanos)) {
      anchorMillis = lastMillis;
      anchorNanos = nowNanos;
    }
    return lastMillis;
  }

  private long passed(long nowNanos) {
    long millis = (nowNanos - anchorNanos) / NANOS_PER_MILLI;
    return anchorMillis + millis - millis / SLOWER_ONE_IN;
  }
}
