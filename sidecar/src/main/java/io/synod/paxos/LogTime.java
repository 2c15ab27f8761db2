package io.synod.paxos;

/**
 * Log time as this node knows it: the time that a leader stamps its batches with, in milliseconds
 * since the epoch. A stamp is never below an earlier one, and log time goes on by the monotonic
 * clock: no wall clock that is set makes it jump.
 *
 * <p>While this node leads, it approaches the reference, which is a wall clock that a majority of
 * the voters' is not behind, by at most a fiftieth of the time that passes. While this node
 * follows, it goes on that much slower than time passes, and each answer of the leader bounds it
 * from below and above, so that a monotonic clock that is fast takes it no further ahead than a
 * message takes. A new leader therefore goes on where the last one was, less what a message takes
 * and a fiftieth of the election.
 *
 * <p>Where no voter that is heard remembers any log time, since all of them began anew, the
 * reference is all there is, and log time begins there.
 */
final class LogTime {
  /** A part of the time that passes, by which log time may go faster or slower. */
  static final int SLEW_ONE_IN = 50;

  private static final long MILLI = 1_000;
  private static final long NANOS_PER_MICRO = 1_000;
  // No clock is later, whatever it says.
  private static final long MILLIS_MAX = 1L << 50;

  private long micros;
  private long atNanos;
  private long lastMillis;
  private boolean running;

  /** Log time when it was {@code millis} at the last chosen slot, and who knows how long ago. */
  LogTime(long millis) {
    lastMillis = millis;
    micros = micros(millis);
  }

  /** What was stamped last, here or by an earlier leader. */
  long last() {
    return lastMillis;
  }

  /** What a stamp would be. */
  long millis() {
    return micros / MILLI;
  }

  /** Whether it goes on from a leader's own; else it is only that of the last chosen slot. */
  boolean isRunning() {
    return running;
  }

  /** A batch carries this. */
  void inherit(long millis) {
    lastMillis = Math.max(lastMillis, millis);
    micros = Math.max(micros, micros(lastMillis));
  }

  /** Some voter's log time is running, and there it is no earlier than this. */
  void heard(long millis, long nowNanos) {
    if (!running) {
      running = true;
      atNanos = nowNanos;
    }
    micros = Math.max(micros, micros(millis));
  }

  /**
   * Takes a follower's to be between what the leader told and that with the time since the
   * question; the leader's may be a little more, by its pace.
   */
  void bound(long leastMillis, long mostMillis) {
    long bounded = Math.max(micros(leastMillis), Math.min(micros, micros(mostMillis)));
    micros = Math.max(bounded, micros(lastMillis));
  }

  /** Nobody remembers it. */
  void begin(long referenceMillis, long nowNanos) {
    heard(referenceMillis, nowNanos);
  }

  /** Time passed, and this node does not lead. */
  void follow(long nowNanos) {
    long passed = passed(nowNanos);
    micros += passed - passed / SLEW_ONE_IN;
  }

  /** Time passed, and this node leads. */
  void lead(long nowNanos, long referenceMillis) {
    long passed = passed(nowNanos);
    long most = passed / SLEW_ONE_IN;
    micros += passed;
    micros += Math.max(-most, Math.min(most, micros(referenceMillis) - micros));
  }

  /** Time passed, and this node leads and knows of no reference. */
  void lead(long nowNanos) {
    micros += passed(nowNanos);
  }

  /** The time since the last call, in microseconds, or 0 where it is too little to be divided. */
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
