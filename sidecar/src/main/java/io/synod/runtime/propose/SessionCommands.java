package io.synod.runtime.propose;

import io.synod.runtime.node.Outcome;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Proposes the commands that open and close sessions, and provides the clock and the state to judge
 * sessions by. Any thread may call any method.
 */
public interface SessionCommands {

  /** The node under which commands are proposed. */
  int node();

  /** The current time of the node's monotonic clock. */
  long nanos();

  /** A state that is applied here. */
  State state();

  /** Opens a session; on {@link Outcome.Applied} the index is its id. */
  CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout);

  /** Proposes an entry that releases something, within a budget that callers cannot exhaust. */
  CompletableFuture<Outcome> free(Entry entry, Duration timeout);

  /** Makes the cycle turn soon. */
  void wake();
}
