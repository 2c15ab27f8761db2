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
  private final long leastNanos;
  private final long mostNanos;
  // Twice the recent round trip: the wait after an answer.
  private long usualNanos;
  private long nanos;

  /** The wait is {@code leastNanos} at first, and {@code mostNanos} at most. */
  public ResendBackoff(long leastNanos, long mostNanos) {
    this.leastNanos = leastNanos;
    this.mostNanos = Math.max(leastNanos, mostNanos);
    this.usualNanos = leastNanos;
    this.nanos = leastNanos;
  }

  /** A backoff with the bounds of the settings. */
  static ResendBackoff of(Settings settings) {
    return new ResendBackoff(settings.resendNanos(), settings.resendMaxNanos());
  }

  /** A backoff with the same bounds and no measurements. */
  public ResendBackoff fresh() {
    return new ResendBackoff(leastNanos, mostNanos);
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
    for (int doubled = 1; doubled < times && nanos < mostNanos; doubled++) {
      nanos *= 2;
    }
    return Math.min(mostNanos, nanos);
  }

  /** The wait if the request or its answer is known to be lost. */
  public long leastNanos() {
    return leastNanos;
  }

  /** A wait ended without an answer. */
  public void unanswered() {
    nanos = Math.min(mostNanos, 2 * nanos);
  }

  /** An answer came this long after its request was first sent. */
  public void answered(long tookNanos) {
    long wanted = Math.max(2 * tookNanos, usualNanos - usualNanos / 4);
    usualNanos = Math.max(leastNanos, Math.min(mostNanos, wanted));
    nanos = usualNanos;
  }
}
