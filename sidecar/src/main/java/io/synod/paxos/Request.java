package io.synod.paxos;

/**
 * A request that waits for its answer: when it was sent, and when it is due for retransmission. The
 * wait is that of a {@link ResendBackoff}, or the shortest one once the request is known to be
 * lost.
 */
public final class Request {
  private long firstNanos;
  private long lastNanos;
  // How many copies of it may still be in flight; none once it is lost.
  private int underWay = 1;
  private boolean lost;

  /** Creates it when it is first sent. */
  public Request(long nowNanos) {
    this.firstNanos = nowNanos;
    this.lastNanos = nowNanos;
  }

  /** When it was first sent, or sent again after it was lost. */
  long firstNanos() {
    return firstNanos;
  }

  /** When it was last sent. */
  long lastNanos() {
    return lastNanos;
  }

  /** Another copy was sent. */
  public void sent(long nowNanos) {
    if (lost) {
      firstNanos = nowNanos;
    }
    lastNanos = nowNanos;
    underWay++;
    lost = false;
  }

  /** The transport did not send the last copy. Earlier copies may still arrive. */
  public void dropped() {
    underWay--;
    if (underWay <= 0) {
      lost();
    }
  }

  /** No copy can arrive: the connection that carried it, or its answer, was replaced. */
  public void lost() {
    underWay = 0;
    lost = true;
  }

  /** Whether it is known to be lost. */
  public boolean isLost() {
    return lost;
  }

  /** When it is due for retransmission. */
  public long dueNanos(ResendBackoff resendBackoff) {
    return lastNanos + (lost ? resendBackoff.leastNanos() : resendBackoff.nanos());
  }

  /** The time since {@link #firstNanos}. */
  public long ageNanos(long nowNanos) {
    return nowNanos - firstNanos;
  }
}
