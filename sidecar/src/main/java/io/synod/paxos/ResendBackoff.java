package io.synod.paxos;

/**
 * How long to wait for an answer before the request is sent again: twice as long after each wait
 * that ended without one, and never less than twice what answers lately took. A request that is
 * sent again too early waits behind its own original on a slow link, and makes the link slower.
 *
 * <p>One object lasts for many requests to one receiver, so that what one of them has shown holds
 * for the next.
 */
public final class ResendBackoff {
  private final long leastNanos;
  private final long mostNanos;
  // What answers lately took, twice; the wait after one.
  private long usualNanos;
  private long nanos;

  /** Waits {@code leastNanos} at first, and {@code mostNanos} at most. */
  public ResendBackoff(long leastNanos, long mostNanos) {
    this.leastNanos = leastNanos;
    this.mostNanos = Math.max(leastNanos, mostNanos);
    this.usualNanos = leastNanos;
    this.nanos = leastNanos;
  }

  /** As the settings have it. */
  static ResendBackoff of(Settings settings) {
    return new ResendBackoff(settings.resendNanos(), settings.resendMaxNanos());
  }

  /** One with the same bounds, which has learned nothing yet. */
  public ResendBackoff fresh() {
    return new ResendBackoff(leastNanos, mostNanos);
  }

  /** How long to wait now. */
  public long nanos() {
    return nanos;
  }

  /** How long to wait when the last request was answered. */
  long usualNanos() {
    return usualNanos;
  }

  /** How long to wait for the answer to one of many that was sent so many times already. */
  public long usualNanos(int times) {
    long nanos = usualNanos;
    for (int doubled = 1; doubled < times && nanos < mostNanos; doubled++) {
      nanos *= 2;
    }
    return Math.min(mostNanos, nanos);
  }

  /** The wait when it is known that the request, or its answer, is lost. */
  public long leastNanos() {
    return leastNanos;
  }

  /** A wait ended without an answer. */
  public void unanswered() {
    nanos = Math.min(mostNanos, 2 * nanos);
  }

  /** An answer came so long after its request was first sent. */
  public void answered(long tookNanos) {
    long wanted = Math.max(2 * tookNanos, usualNanos - usualNanos / 4);
    usualNanos = Math.max(leastNanos, Math.min(mostNanos, wanted));
    nanos = usualNanos;
  }
}
