package io.synod.runtime.node;

import java.util.concurrent.CompletableFuture;

/**
 * One hold of a lock, or the wait for it, on behalf of one owner. Behind it is a session, which is
 * closed when the hold ends, also if its opening is still under way or of unknown outcome by then.
 *
 * <p>The calls of {@link #tell} and {@link #stop} must be ordered. Any thread may call the other
 * methods.
 */
public interface LockHold {

  /** Proposes the hold, unless it was released already. To be called once. */
  void begin();

  /** Completes with the outcome of the proposal; never if nothing was proposed. */
  CompletableFuture<Outcome> opened();

  /**
   * Tells the owner what is new: the newest and no more, so that a slow owner costs nothing. How
   * long the hold is valid is determined when it is told. After the last update the hold is
   * released.
   */
  void tell(Owner owner);

  /** Tells the owner that the sidecar stops, and releases the hold. */
  void stop(Owner owner);

  /** Ends the hold: its session is closed. May be called more than once. */
  void release();

  /** Completes once the session of the hold needs nothing more. */
  CompletableFuture<End> over();

  /** Who holds. */
  interface Owner {
    /** Whether it takes an update now; the last one is told in any case. */
    boolean isReady();

    void told(HoldUpdate update);
  }

  /** How a hold ended. */
  enum End {
    /** No session of it is open: that is in the log. */
    GONE,
    /** Its session could not be closed, and is not kept: it ends with its time to live. */
    LEFT
  }
}
