package io.synod.runtime.node;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bounded record of events in this replica. It never slows the protocol: a reader that falls
 * behind finds a gap in the numbers. Any thread may call any method.
 */
public interface EventLog {

  /** Up to {@code max} records numbered {@code from} or above, oldest first. */
  List<LoggedEvent> since(long from, int max);

  /** The number the next record will have. */
  long next();

  /** Calls {@code signal} after an event was recorded; it must not block. */
  AppliedLog.Subscription onRecord(Runnable signal);

  /** The elections this node saw, newest first. */
  List<Election> elections();

  /**
   * One event.
   *
   * @param number increases by one per record of this process
   * @param wallMillis by this node's wall clock
   * @param monotonicNanos by this node's monotonic clock
   */
  record LoggedEvent(long number, long wallMillis, long monotonicNanos, Event event) {}

  /**
   * One attempt to lead, as this node saw it.
   *
   * @param reason why it was begun; empty if another node began it
   * @param promisedBy the voters that promised, as far as this node saw
   * @param refusedBy the voters that refused, as far as this node saw
   * @param endMillis when its result was known here; null while it is open
   */
  record Election(
      Ballot ballot,
      String reason,
      Result result,
      List<Integer> promisedBy,
      List<Integer> refusedBy,
      long startMillis,
      @Nullable Long endMillis) {

    /** How it ended. */
    public enum Result {
      /** Not known yet. */
      OPEN,
      /** Its owner became the leader. */
      WON,
      /** Its owner gave up. */
      LOST
    }
  }
}
