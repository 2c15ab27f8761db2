package io.synod.client;

import java.time.Duration;

/** Durations in nanoseconds, for deadlines by the monotonic clock. */
final class Nanos {
  /** Some 73 years: a few of these and a reading of the clock add up without an overflow. */
  static final long MAX = Long.MAX_VALUE / 4;

  private static final Duration LONGEST = Duration.ofNanos(MAX);

  private Nanos() {}

  /** The duration, or the longest one of its sign if it is longer than {@link #MAX}. */
  static long of(Duration duration) {
    if (duration.compareTo(LONGEST) >= 0) {
      return MAX;
    }
    return duration.compareTo(LONGEST.negated()) <= 0 ? -MAX : duration.toNanos();
  }
}
