package io.synod.runtime.node;

/** An update of a {@link LockHold} for its owner. */
public sealed interface HoldUpdate {

  /**
   * The hold waits in the queue.
   *
   * @param position 1 is next
   * @param holderNode the node whose application holds the lock
   */
  record Waiting(int position, int holderNode) implements HoldUpdate {}

  /**
   * The lock is held.
   *
   * @param token the fencing token: the index of the grant
   * @param validNanos how long no other session can hold it, counted from the arrival of this
   *     update
   */
  record Granted(long token, long validNanos) implements HoldUpdate {}

  /**
   * The validity of the held lock was extended.
   *
   * @param validNanos how long no other session can hold it, counted from the arrival of this
   *     update
   */
  record Renewed(long validNanos) implements HoldUpdate {}

  /** The hold is over, and this is the last update. */
  record Lost(Reason reason) implements HoldUpdate {}

  /** The hold was not opened, or its outcome is unknown; this is the last update. */
  record Refused(Outcome outcome) implements HoldUpdate {}

  /** The hold could not be proposed; this is the last update. */
  record Broken(RuntimeException cause) implements HoldUpdate {}

  /** Why a hold is over. */
  enum Reason {
    /** The lock was not granted within the wait. */
    NOT_GRANTED,
    /** The session was not renewed in time, or its renewal is of unknown outcome. */
    EXPIRED,
    /** An operator released the lock. */
    RELEASED,
    /** The sidecar is shutting down. */
    SHUTTING_DOWN
  }
}
