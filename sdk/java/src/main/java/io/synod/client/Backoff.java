package io.synod.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Exponential back-off with jitter. */
final class Backoff {
  private static final long FIRST_NANOS = Duration.ofMillis(20).toNanos();
  private static final long MAX_NANOS = Duration.ofSeconds(1).toNanos();

  private long currentNanos = FIRST_NANOS;

  /** The next wait, in nanoseconds; at least the delay that the sidecar asked for. */
  long nextNanos(SynodException error) {
    long chance = ThreadLocalRandom.current().nextLong(currentNanos / 2, currentNanos * 3 / 2);
    currentNanos = Math.min(currentNanos * 2, MAX_NANOS);
    return Math.max(chance, error.retryAfter().map(Nanos::of).orElse(0L));
  }

  void reset() {
    currentNanos = FIRST_NANOS;
  }
}
