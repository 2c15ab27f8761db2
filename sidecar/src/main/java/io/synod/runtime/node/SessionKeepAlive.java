package io.synod.runtime.node;

import java.time.Duration;

/**
 * Keeps sessions with a time to live alive on behalf of applications at this node: it renews all
 * that are due with one command, and knows how long each is surely valid. Any thread may call any
 * method.
 */
public interface SessionKeepAlive {

  /**
   * Keeps a session alive until the handle is closed; closing the handle does not close the
   * session.
   *
   * @param ttl the session's time to live; a session without one is not renewed, and never valid
   * @param sentNanos a moment on this node's monotonic clock before the last command was sent that
   *     is known to have opened or renewed it; {@code Long.MIN_VALUE} if there is none: then it is
   *     valid only after its first renewal
   * @param changed called after each renewal and once when it is over, on a thread of the node: it
   *     must not block
   */
  KeptSession keep(long session, Duration ttl, long sentNanos, Runnable changed);

  /** A session that is kept alive. */
  interface KeptSession extends AutoCloseable {

    /**
     * How long from now no other session can hold what this one holds: counted from before its last
     * renewal was sent, less the clock drift; 0 if unknown or over.
     */
    long validNanos();

    /** Whether it was closed, expired or evicted, as far as is applied here. */
    boolean isOver();

    @Override
    void close();
  }
}
