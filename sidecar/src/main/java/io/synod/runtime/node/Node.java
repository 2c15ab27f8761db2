package io.synod.runtime.node;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One running replica, as the services on localhost see it. Any thread may call any method; futures
 * complete normally, on a thread of the node's own, always, and at the latest shortly after the
 * time given: what went wrong is in the answer.
 */
public interface Node {

  /**
   * Proposes a draft under the sidecar's own session: exactly once across peers and leaders.
   *
   * @param timeout how long to wait for the outcome; the proposal itself is not taken back
   */
  CompletableFuture<Outcome> propose(NewEntry newEntry, Duration timeout);

  /** As {@link #propose(NewEntry, Duration)}, for an opaque command. */
  default CompletableFuture<Outcome> propose(
      String contentType, Payload payload, Duration timeout) {
    return propose(new NewEntry(Entry.Kind.COMMAND, contentType, "", payload), timeout);
  }

  /** Proposes an entry under the caller's own session and sequence; may be repeated as it is. */
  CompletableFuture<Outcome> propose(Entry entry, Duration timeout);

  /**
   * As {@link #propose(Entry, Duration)}, of what is proposed to free something, whatever its kind:
   * it has room that callers cannot fill.
   */
  CompletableFuture<Outcome> free(Entry entry, Duration timeout);

  /**
   * Opens a session by {@link Entry.Kind#OPEN_SESSION} or {@link Entry.Kind#HOLD}; on {@link
   * Outcome.Applied} the index is the session's id. On {@link Outcome.Indeterminate} the same entry
   * may be proposed again, and has one effect: the draft under this node, the key (0, the outcome's
   * sequence) and the outcome's {@code ackedBelow}.
   */
  CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout);

  /** Opens a session that does not end by itself. */
  default CompletableFuture<Outcome> openSession(String displayName, Duration timeout) {
    Payload open = new SystemCommands.Open(0).encode();
    return open(new NewEntry(Entry.Kind.OPEN_SESSION, displayName, "", open), timeout);
  }

  /**
   * Waits until a read at this level may be served from the {@link #appliedLog}. If the future is
   * cancelled the read is given up.
   *
   * @param maxStaleness for {@link ReadLevel#BOUNDED}, otherwise ignored
   * @param atLeastIndex wait until the command with this index is applied here; 0 for no wait
   */
  CompletableFuture<ReadFreshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout);

  /** The applied log, for reading and watching. */
  AppliedLog appliedLog();

  /** The replicated state as it is applied here; not behind the {@link #appliedLog}. */
  State state();

  /** The state just after this command; null if it is not kept any more, or not applied yet. */
  @Nullable State stateAt(long index);

  /** The first index whose state {@link #stateAt} has; {@code Long.MAX_VALUE} if none. */
  long oldestState();

  /** Keeps sessions for callers here. */
  SessionKeepAlive sessionKeepAlive();

  /**
   * Says how far the copy of a consumer beside this node has durably applied the log. Those that
   * come faster than they can be told are told as one: the furthest. On {@link Outcome.Applied} the
   * reply is {@link io.synod.state.result.Reply.Acknowledged}.
   *
   * @param digest of the application's state after exactly {@code index}; may be empty
   */
  CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout);

  /** Whether this node's state differs from that of a majority: then it must not be shown. */
  default boolean isQuarantined() {
    return false;
  }

  /** What this node believes now. */
  NodeStatus status();

  /** The bounded record of what happened here. */
  EventLog eventLog();

  /** Asks every voter's disk about a slot; those that do not answer in time are left out. */
  CompletableFuture<VoteReport> votes(long slot, Duration timeout);

  /** The slot that holds the command with this index. */
  long slotOfIndex(long index);

  /** Takes a snapshot of the replicated state, and trims the log below it as far as may be. */
  CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout);

  /** The newest snapshot here, to be closed by whoever asked; null if there is none. */
  @Nullable StoredSnapshot snapshot();

  /** What consumers handed over, as far as it is here. */
  AppSnapshots appSnapshots();

  /**
   * Gets what a consumer handed over from a peer that has it.
   *
   * @param sha256 of the very one
   * @return true once it is in {@link #appSnapshots}, false if that did not happen within {@code
   *     timeout}
   */
  CompletableFuture<Boolean> pull(String consumer, long index, Bytes sha256, Duration timeout);

  /**
   * If this node leads, hands over to {@code to}, or to whom it thinks best if 0.
   *
   * @return true once another leads, false if this did not happen within {@code timeout}
   */
  CompletableFuture<Boolean> handOver(int to, Duration timeout);
}
