package io.synod.runtime.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What this node knows of itself and of decisions, for people and metrics. */
public interface Inspection {

  /** What this node believes now. */
  NodeStatus status();

  /** The bounded record of what happened here. */
  EventLog eventLog();

  /** Asks every voter's disk about a slot; those that do not answer in time are left out. */
  CompletableFuture<VoteReport> votes(long slot, Duration timeout);

  /** The slot that holds the command with this index. */
  long slotOfIndex(long index);
}
