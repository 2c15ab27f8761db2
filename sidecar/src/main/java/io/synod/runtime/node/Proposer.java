package io.synod.runtime.node;

import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Proposes commands for callers. The rules of {@link Node} apply. */
public interface Proposer {

  /**
   * Proposes an entry under the sidecar's own session: exactly once across peers and leaders.
   *
   * @param timeout how long to wait for the outcome; the proposal itself is not withdrawn
   */
  CompletableFuture<Outcome> propose(NewEntry newEntry, Duration timeout);

  /** As {@link #propose(NewEntry, Duration)}, for an opaque command. */
  default CompletableFuture<Outcome> propose(
      String contentType, Payload payload, Duration timeout) {
    return propose(new NewEntry(Entry.Kind.COMMAND, contentType, "", payload), timeout);
  }

  /**
   * Proposes an entry under the caller's own session and sequence; it may be repeated unchanged.
   */
  CompletableFuture<Outcome> propose(Entry entry, Duration timeout);

  /**
   * As {@link #propose(Entry, Duration)}, for an entry that releases something, whatever its kind:
   * it has a budget that callers cannot exhaust.
   */
  CompletableFuture<Outcome> free(Entry entry, Duration timeout);

  /**
   * Opens a session by {@link Entry.Kind#OPEN_SESSION} or {@link Entry.Kind#HOLD}; on {@link
   * Outcome.Applied} the index is the session's id. On {@link Outcome.Indeterminate} the same entry
   * may be proposed again, and has one effect: the new entry under this node, the key (0, the
   * outcome's sequence) and the outcome's {@code ackedBelow}.
   */
  CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout);

  /** Opens a session without a time to live. */
  default CompletableFuture<Outcome> openSession(String displayName, Duration timeout) {
    Payload open = new SystemCommands.Open(0).encode();
    return open(new NewEntry(Entry.Kind.OPEN_SESSION, displayName, "", open), timeout);
  }
}
