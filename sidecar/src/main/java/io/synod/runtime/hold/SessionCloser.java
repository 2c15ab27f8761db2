package io.synod.runtime.hold;

import io.synod.runtime.node.LockHold.End;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.propose.SessionCommands;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Closes the sessions of holds. What fails is tried again, each time after twice as long, for twice
 * the time to live; then the session is left to that. Nobody keeps a session meanwhile, so that it
 * ends by itself if it cannot be closed from here: when a leader has seen it silent for its time to
 * live, which each new leader counts anew. Any thread may call any method.
 */
final class SessionCloser {
  /** No proposal has it, so a close never meets the answer of one. */
  private static final long CLOSING_SEQUENCE = Long.MAX_VALUE;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long AGAIN_NANOS = 100 * NANOS_PER_MILLI;
  private static final long AGAIN_NANOS_MAX = 5_000 * NANOS_PER_MILLI;

  /** So many times its time to live a session is tried to be closed. */
  private static final int TTLS = 2;

  private final SessionCommands commands;
  private final Timers timers;

  SessionCloser(SessionCommands commands, Timers timers) {
    this.commands = commands;
    this.timers = timers;
  }

  /** How long something is tried, how long it waits before it is tried again, and who is told. */
  private record Effort(long untilNanos, long againNanos, Consumer<End> then) {
    private Effort next() {
      return new Effort(untilNanos, Math.min(2 * againNanos, AGAIN_NANOS_MAX), then);
    }
  }

  private Effort effort(Duration ttl, Consumer<End> then) {
    return new Effort(commands.nanos() + TTLS * ttl.toNanos(), AGAIN_NANOS, then);
  }

  /** Closes a session that is known. */
  void close(long session, Duration ttl, Consumer<End> then) {
    close(session, effort(ttl, then));
  }

  private void close(long session, Effort effort) {
    Entry closing =
        NewEntry.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY)
            .under(commands.node(), new Entry.Key(session, CLOSING_SEQUENCE), 0);
    propose(
        closing,
        outcome -> {
          boolean closed =
              outcome instanceof Outcome.Applied
                  || outcome instanceof Outcome.SessionUnknown
                  || commands.state().session(session) == null;
          if (closed) {
            effort.then().accept(End.GONE);
          } else {
            again(effort, next -> close(session, next));
          }
        });
  }

  /**
   * Closes the session that a hold of unknown outcome opened, or opens yet: the same hold is
   * proposed again, which has one effect and tells its session.
   */
  void findAndClose(
      NewEntry newEntry, Outcome.Indeterminate unknown, Duration ttl, Consumer<End> then) {
    Entry same =
        newEntry.under(commands.node(), new Entry.Key(0, unknown.sequence()), unknown.ackedBelow());
    findAndClose(same, ttl, effort(ttl, then));
  }

  private void findAndClose(Entry same, Duration ttl, Effort effort) {
    propose(
        same,
        outcome -> {
          if (outcome instanceof Outcome.Applied applied) {
            if (applied.reply() instanceof Reply.Queued queued && queued.queued()) {
              close(applied.index(), ttl, effort.then());
            } else {
              effort.then().accept(End.GONE);
            }
          } else if (outcome instanceof Outcome.WithoutEffect) {
            // The state refused it for good; if it opened one before, nobody keeps that.
            effort.then().accept(End.LEFT);
          } else {
            // Even "surely not executed" is said of this attempt only.
            again(effort, next -> findAndClose(same, ttl, next));
          }
        });
  }

  private void propose(Entry entry, Consumer<Outcome> then) {
    CompletableFuture<Outcome> future;
    try {
      future = commands.free(entry, PATIENCE);
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> unused =
        future
            .exceptionally(
                failed ->
                    new Outcome.Indeterminate(
                        entry.session(), entry.sequence(), entry.ackedBelow()))
            .thenAccept(then);
  }

  private void again(Effort effort, Consumer<Effort> work) {
    long nowNanos = commands.nanos();
    if (nowNanos >= effort.untilNanos()) {
      effort.then().accept(End.LEFT);
      return;
    }
    timers.timer(() -> work.accept(effort.next())).set(nowNanos + effort.againNanos(), 0);
  }
}
