package io.synod.runtime.node;

/** What the owner of a {@link LockHold} is told of it. */
public sealed interface HoldUpdate {

  /**
   * The hold stands in the queue.
   *
   * @param position 1 is next
   * @param holderNode the node whose application holds the lock
   */
  record Waiting(int position, int holderNode) implements HoldUpdate {}

  /**
   * The lock is held.
   *
   * @param token the fencing token: the index of the grant
   * @param validNanos for how long no other can hold it, counted from the arrival of this update
   */
  record Granted(long token, long validNanos) implements HoldUpdate {}

  /**
   * The lock is held for longer.
   *
   * @param validNanos for how long no other can hold it, counted from the arrival of this update
   */
  record Renewed(long validNanos) implements HoldUpdate {}

  /** The hold is over, and this is the last update. */
  record Lost(Reason reason) implements HoldUpdate {}

  /** The hold was not opened, or that is not known, and this is the last update. */
  record Refused(Outcome outcome) implements HoldUpdate {}

  /** The hold could not even be proposed, and this is the last update. */
  record Broken(RuntimeException cause) implements HoldUpdate {}

  /** Why a hold is over. */
  enum Reason {
    /** Another held the lock until the wait was over. */
    NOT_GRANTED,
    /** The session was not renewed in time, or that is not known. */
    EXPIRED,
    /** An operator took the lock. */
    RELEASED,
    /** The sidecar stops. */
    SHUTTING_DOWN
  }
}
