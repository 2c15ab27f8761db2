package io.synod.paxos;

/**
 * The retransmission time-out for requests to one receiver: twice as long after each wait that
 * ended without an answer, and never less than twice the recent round trip. A request that is
 * retransmitted too early queues behind its own original on a slow link, and makes the link slower.
 *
 * <p>One object serves many requests to one receiver, so that a later request benefits from the
 * measurements of an earlier one.
 */
public final class ResendBackoff {
  private final long minNanos;
  private final long maxNanos;
  // Twice the recent round trip: the wait after an answer.
  private long usualNanos;
  private long nanos;

  /** The wait is {@code minNanos} at first, and {@code maxNanos} at most. */
  public ResendBackoff(long minNanos, long maxNanos) {
    this.minNanos = minNanos;
    this.maxNanos = Math.max(minNanos, maxNanos);
    this.usualNanos = minNanos;
    this.nanos = minNanos;
  }

  /** A backoff with the bounds of the settings. */
  static ResendBackoff of(Settings settings) {
    return new ResendBackoff(settings.resendNanos(), settings.resendMaxNanos());
  }

  /** A backoff with the same bounds and no measurements. */
  public ResendBackoff fresh() {
    return new ResendBackoff(minNanos, maxNanos);
  }

  /** The current wait. */
  public long nanos() {
    return nanos;
  }

  /** The wait if the last request was answered. */
  long usualNanos() {
    return usualNanos;
  }

  /** The wait for one of several concurrent requests, after it was sent this many times. */
  public long usualNanos(int times) {
    long nanos = usualNanos;
    for (int doubled = 1; doubled < times && nanos < maxNanos; doubled++) {
      nanos *= 2;
    }
    return Math.min(maxNanos, nanos);
  }

  /** The wait if the request or its answer is known to be lost. */
  public long minNanos() {
    return minNanos;
  }

  /** A wait ended without an answer. */
  public void onTimeout() {
    nanos = Math.min(maxNanos, 2 * nanos);
  }

  /** An answer came this long after its request was first sent. */
  public void onReply(long roundTripNanos) {
    long targetNanos = Math.max(2 * roundTripNanos, usualNanos - usualNanos / 4);
    usualNanos = Math.max(minNanos, Math.min(maxNanos, targetNanos));
    nanos = usualNanos;
  }
}
