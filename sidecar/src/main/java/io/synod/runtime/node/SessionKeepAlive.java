package io.synod.runtime.node;

import java.time.Duration;

/**
 * Keeps sessions with a time to live on behalf of applications here: renews them with the cluster,
 * all that are due in one command, and knows how long each is surely still valid. Any thread may
 * call any method.
 */
public interface SessionKeepAlive {

  /**
   * Keeps a session until the handle is closed; closing it ends the keeping, not the session.
   *
   * @param ttl the session's own; one without is not renewed, and never valid
   * @param sentNanos a moment on this node's monotonic clock before what opened or renewed it last
   *     was sent, if that is known to have taken effect; {@code Long.MIN_VALUE} if it is not: then
   *     it is valid only once it was renewed
   * @param changed called after each renewal and once when it is over, on a thread of the node's
   *     own: it must only wake somebody
   */
  KeptSession keep(long session, Duration ttl, long sentNanos, Runnable changed);

  /** A session that is kept. */
  interface KeptSession extends AutoCloseable {

    /**
     * For how long from now nobody else can hold what this session holds: counted from before its
     * last renewal was sent, less what clocks may drift; 0 if unknown or over.
     */
    long validNanos();

    /** Whether it was closed, expired or evicted, as far as is applied here. */
    boolean isOver();

    @Override
    void close();
  }
}
