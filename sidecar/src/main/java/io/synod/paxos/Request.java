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
  private int copiesInFlight = 1;
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
  public void markSent(long nowNanos) {
    if (lost) {
      firstNanos = nowNanos;
    }
    lastNanos = nowNanos;
    copiesInFlight++;
    lost = false;
  }

  /** The transport did not send the last copy. Earlier copies may still arrive. */
  public void markDropped() {
    copiesInFlight--;
    if (copiesInFlight <= 0) {
      markLost();
    }
  }

  /** No copy can arrive: the connection of the request, or of its answer, was replaced. */
  public void markLost() {
    copiesInFlight = 0;
    lost = true;
  }

  /** Whether it is known to be lost. */
  public boolean isLost() {
    return lost;
  }

  /** When it is due for retransmission. */
  public long dueNanos(ResendBackoff resendBackoff) {
    return lastNanos + (lost ? resendBackoff.minNanos() : resendBackoff.nanos());
  }

  /** The time since {@link #firstNanos}. */
  public long ageNanos(long nowNanos) {
    return nowNanos - firstNanos;
  }
}
