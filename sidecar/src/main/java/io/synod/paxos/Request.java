package io.synod.paxos;

/**
 * One request that waits for its answer: when it was sent, and when it is due to be sent again. The
 * wait is that of a {@link ResendBackoff}, or the shortest one once the request is known to be
 * lost.
 */
public final class Request {
  private long firstNanos;
  private long lastNanos;
  // How many copies of it may still be under way; none once it is lost.
  private int underWay = 1;
  private boolean lost;

  /** Sent for the first time. */
  public Request(long nowNanos) {
    this.firstNanos = nowNanos;
    this.lastNanos = nowNanos;
  }

  /** When it was sent first, as far as is known to have left. */
  long firstNanos() {
    return firstNanos;
  }

  /** When it was sent last. */
  long lastNanos() {
    return lastNanos;
  }

  /** Sent again. */
  public void sent(long nowNanos) {
    if (lost) {
      firstNanos = nowNanos;
    }
    lastNanos = nowNanos;
    underWay++;
    lost = false;
  }

  /** The last copy did not leave. Those before it may still arrive. */
  public void dropped() {
    underWay--;
    if (underWay <= 0) {
      lost();
    }
  }

  /** None of it can arrive: the connection that carried it, or its answer, was replaced. */
  public void lost() {
    underWay = 0;
    lost = true;
  }

  /** Whether it is known to be lost. */
  public boolean isLost() {
    return lost;
  }

  /** When it is due to be sent again. */
  public long dueNanos(ResendBackoff resendBackoff) {
    return lastNanos + (lost ? resendBackoff.leastNanos() : resendBackoff.nanos());
  }

  /** How long ago it was sent first. */
  public long ageNanos(long nowNanos) {
    return nowNanos - firstNanos;
  }
}
