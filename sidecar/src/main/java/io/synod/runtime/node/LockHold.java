package io.synod.runtime.node;

import java.util.concurrent.CompletableFuture;

/**
 * One hold of a lock, or the wait for it, on behalf of one owner. It has a session, which is closed
 * when the hold ends, even if its opening is then still in flight or of unknown outcome.
 *
 * <p>The calls of {@link #reportTo} and {@link #stop} must be ordered. Any thread may call the
 * other methods.
 */
public interface LockHold {

  /** Proposes the hold, unless it was released already. It must be called once. */
  void begin();

  /** Completes with the outcome of the proposal; never if nothing was proposed. */
  CompletableFuture<Outcome> opened();

  /**
   * Passes the latest update to the owner, so that a slow owner needs no buffer. The validity is
   * computed at that time. After the last update the hold is released.
   */
  void reportTo(Owner owner);

  /** Passes the update that the sidecar is shutting down to the owner, and releases the hold. */
  void stop(Owner owner);

  /** Ends the hold: its session is closed. It may be called more than once. */
  void release();

  /**
   * Completes once the session of the hold is closed or left to expire; at the latest when the node
   * stops.
   */
  CompletableFuture<End> over();

  /** The receiver of updates. */
  interface Owner {
    /** Whether it accepts an update now; the last one is passed in any case. */
    boolean isReady();

    void onUpdate(HoldUpdate update);
  }

  /** How a hold ended. */
  enum End {
    /** It has no open session: that is in the log. */
    NO_SESSION,
    /** Its session was not closed, and is not kept alive: it expires. */
    LEFT
  }
}
