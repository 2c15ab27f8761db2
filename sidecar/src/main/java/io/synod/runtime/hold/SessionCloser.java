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
 * Closes the sessions of holds. A failed attempt is repeated, each time after twice the delay, for
 * twice the time to live; then the session is left to expire. It is not kept alive meanwhile, so it
 * expires even if it cannot be closed from here: a leader expires it once it was silent for its
 * time to live, which each new leader counts anew. Any thread may call any method.
 */
final class SessionCloser {
  /** No proposal uses it, so a close never matches the answer to one. */
  private static final long CLOSING_SEQUENCE = Long.MAX_VALUE;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long AGAIN_NANOS = 100 * NANOS_PER_MILLI;
  private static final long AGAIN_NANOS_MAX = 5_000 * NANOS_PER_MILLI;

  /** For how many times its time to live closing a session is attempted. */
  private static final int TTLS = 2;

  private final SessionCommands commands;
  private final Timers timers;

  SessionCloser(SessionCommands commands, Timers timers) {
    this.commands = commands;
    this.timers = timers;
  }

  /** When attempts end, the delay before the next one, and the receiver of the result. */
  private record Effort(long untilNanos, long againNanos, Consumer<End> then) {
    private Effort next() {
      return new Effort(untilNanos, Math.min(2 * againNanos, AGAIN_NANOS_MAX), then);
    }
  }

  private Effort effort(Duration ttl, Consumer<End> then) {
    return new Effort(commands.nanos() + TTLS * ttl.toNanos(), AGAIN_NANOS, then);
  }

  /** Closes a known session. */
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
            effort.then().accept(End.NO_SESSION);
          } else {
            again(effort, next -> close(session, next));
          }
        });
  }

  /**
   * Closes the session that a hold of unknown outcome opened, or may still open: the same hold is
   * proposed again, which has one effect and returns its session.
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
              effort.then().accept(End.NO_SESSION);
            }
          } else if (outcome instanceof Outcome.WithoutEffect) {
            // The state refused it finally; a session that it opened before is not kept alive.
            effort.then().accept(End.LEFT);
          } else {
            // Even a proposal that surely was not executed reports nothing about earlier attempts.
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
