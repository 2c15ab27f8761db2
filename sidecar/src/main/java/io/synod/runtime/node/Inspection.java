package io.synod.runtime.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The node's view of itself and of decisions, for people and metrics. */
public interface Inspection {

  /** The current status. */
  NodeStatus status();

  /** The bounded record of events. */
  EventLog eventLog();

  /**
   * Queries the disk of every voter about a slot; voters that do not answer in time are left out.
   */
  CompletableFuture<VoteReport> votes(long slot, Duration timeout);

  /** The slot that holds the command with this index. */
  long slotOfIndex(long index);
}
