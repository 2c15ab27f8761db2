package io.synod.paxos;

/**
 * Log time as this node knows it: the time with which a leader stamps its batches, in milliseconds
 * since the epoch. A stamp is never below an earlier one, and log time advances by the monotonic
 * clock: setting a wall clock never makes it jump.
 *
 * <p>While this node leads, log time approaches the reference by at most a fiftieth of the time
 * that passes. The reference is a wall clock time that a majority of the voters have reached. While
 * this node follows, log time advances slower than time by the same part, and each answer of the
 * leader bounds it from below and above, so that a fast monotonic clock takes it no further ahead
 * than the latency of a message. A new leader therefore continues from the last one's log time,
 * less the latency of a message and a fiftieth of the election.
 *
 * <p>If no voter that answers knows log time, since all of them restarted, it begins at the
 * reference.
 */
final class LogTime {
  /** The fraction of elapsed time by which log time may run faster or slower. */
  static final int SLEW_ONE_IN = 50;

  private static final long MILLI = 1_000;
  private static final long NANOS_PER_MICRO = 1_000;
  // An upper bound: later times are not plausible.
  private static final long MILLIS_MAX = 1L << 50;

  private long micros;
  private long atNanos;
  private long lastMillis;
  private boolean running;

  /** Starts with the log time of the last chosen slot, which may be of any age. */
  LogTime(long millis) {
    lastMillis = millis;
    micros = micros(millis);
  }

  /** The last stamp, here or by an earlier leader. */
  long lastStamp() {
    return lastMillis;
  }

  /** The stamp of a batch that would be made now. */
  long millis() {
    return micros / MILLI;
  }

  /**
   * Whether it advances from a leader's log time; otherwise it is only that of the last chosen
   * slot.
   */
  boolean isRunning() {
    return running;
  }

  /** A chosen or proposed batch carries this stamp. */
  void observeStamp(long millis) {
    lastMillis = Math.max(lastMillis, millis);
    micros = Math.max(micros, micros(lastMillis));
  }

  /** Some voter's log time is running, and is no earlier than this. */
  void advanceTo(long millis, long nowNanos) {
    if (!running) {
      running = true;
      atNanos = nowNanos;
    }
    micros = Math.max(micros, micros(millis));
  }

  /**
   * Bounds a follower's log time: at least what the leader reported, and at most that plus the time
   * since the request; the leader's pace is allowed for.
   */
  void bound(long minMillis, long maxMillis) {
    long bounded = Math.max(micros(minMillis), Math.min(micros, micros(maxMillis)));
    micros = Math.max(bounded, micros(lastMillis));
  }

  /** Starts at the reference, since no voter knows log time. */
  void start(long referenceMillis, long nowNanos) {
    advanceTo(referenceMillis, nowNanos);
  }

  /** Advances it while this node does not lead. */
  void advanceAsFollower(long nowNanos) {
    long passed = passed(nowNanos);
    micros += passed - passed / SLEW_ONE_IN;
  }

  /** Advances it while this node leads. */
  void advanceAsLeader(long nowNanos, long referenceMillis) {
    long passed = passed(nowNanos);
    long slew = passed / SLEW_ONE_IN;
    micros += passed;
    micros += Math.max(-slew, Math.min(slew, micros(referenceMillis) - micros));
  }

  /** Advances it while this node leads and there is no reference. */
  void advanceAsLeader(long nowNanos) {
    micros += passed(nowNanos);
  }

  /** The time since the last call, in microseconds; 0 if it is too short to be divided. */
  private long passed(long nowNanos) {
    long passed = (nowNanos - atNanos) / NANOS_PER_MICRO;
    if (!running || passed < MILLI) {
      return 0;
    }
    atNanos += passed * NANOS_PER_MICRO;
    return passed;
  }

  private static long micros(long millis) {
    return Math.min(millis, MILLIS_MAX) * MILLI;
  }
}
