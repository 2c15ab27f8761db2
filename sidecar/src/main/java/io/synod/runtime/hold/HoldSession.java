package io.synod.runtime.hold;

import io.synod.runtime.node.HoldUpdate;
import io.synod.runtime.node.LockHold.End;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.propose.SessionCommands;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.result.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The session behind one hold: it is proposed, kept alive, and closed. Once it was begun, {@link
 * #end} ensures that the session is closed, even if its opening is still in flight or of unknown
 * outcome. Any thread may call any method.
 */
final class HoldSession {
  private final SessionParts parts;
  private final NewEntry newEntry;
  private final Duration ttl;
  private final Runnable changed;
  private final CompletableFuture<Outcome> opened = new CompletableFuture<>();
  private final CompletableFuture<End> over = new CompletableFuture<>();
  private boolean begun;
  private boolean ended;
  private boolean refused;
  private long session;
  private SessionKeepAlive.@Nullable KeptSession kept;
  private @Nullable HoldUpdate failure;

  /** The parts that propose, keep and close a session, and the listener. */
  record SessionParts(
      SessionCommands commands,
      SessionKeepAlive keepAlive,
      SessionCloser closer,
      SessionListener listener) {}

  /** Receives each session that is kept alive, and the end of that. */
  interface SessionListener {
    void keeps(long session, HoldSession hold);

    void keepsNoMore(long session);
  }

  /**
   * Creates it with nothing proposed.
   *
   * @param changed called when the hold's state may have changed
   */
  HoldSession(SessionParts parts, SystemCommands.Hold command, Runnable changed) {
    this.parts = parts;
    this.newEntry = NewEntry.of(Entry.Kind.HOLD, command.encode());
    this.ttl = Duration.ofMillis(command.ttlMillis());
    this.changed = changed;
  }

  /** Proposes it, unless it was ended already. */
  void begin(Duration patience) {
    synchronized (this) {
      if (ended) {
        return;
      }
      begun = true;
    }
    // Taken before it is sent: a leader may count the time to live from any moment after this.
    long sentNanos = parts.commands().nanos();
    try {
      CompletableFuture<Void> unused =
          parts
              .commands()
              .open(newEntry, patience)
              .thenAccept(outcome -> opened(outcome, sentNanos));
    } catch (RuntimeException e) {
      failed(new HoldUpdate.Broken(e));
      over.complete(End.NO_SESSION);
      changed.run();
    }
  }

  private void opened(Outcome outcome, long sentNanos) {
    if (!(outcome instanceof Outcome.Applied applied)) {
      failed(new HoldUpdate.Refused(outcome));
      if (outcome instanceof Outcome.Indeterminate unknown) {
        parts.closer().findAndClose(newEntry, unknown, ttl, over::complete);
      } else {
        over.complete(End.NO_SESSION);
      }
    } else if (applied.reply() instanceof Reply.Queued queued && queued.queued()) {
      opened(applied.index(), sentNanos);
    } else {
      synchronized (this) {
        refused = true;
      }
      over.complete(End.NO_SESSION);
    }
    opened.complete(outcome);
    changed.run();
  }

  private void opened(long id, long sentNanos) {
    synchronized (this) {
      session = id;
      if (!ended) {
        try {
          kept = parts.keepAlive().keep(id, ttl, sentNanos, changed);
          parts.listener().keeps(id, this);
          return;
        } catch (RuntimeException e) {
          failure = new HoldUpdate.Broken(e);
        }
      }
    }
    parts.closer().close(id, ttl, over::complete);
  }

  private synchronized void failed(HoldUpdate why) {
    failure = why;
  }

  /** Closes the session. It may be called more than once. */
  void end() {
    boolean proposed;
    long known;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      proposed = begun;
      // If it is 0, there is nothing to close, or it is closed once the session is known.
      known = failure != null ? 0 : session;
      if (kept != null) {
        kept.close();
      }
    }
    if (!proposed) {
      over.complete(End.NO_SESSION);
    }
    if (known == 0) {
      return;
    }
    parts.listener().keepsNoMore(known);
    parts.closer().close(known, ttl, over::complete);
  }

  /** The node stops: a session that is not closed yet is left to expire. */
  void leave() {
    boolean proposed;
    synchronized (this) {
      proposed = begun;
    }
    over.complete(proposed ? End.LEFT : End.NO_SESSION);
  }

  /** Completes with the outcome of the proposal. */
  CompletableFuture<Outcome> opened() {
    return opened;
  }

  /** Completes once it was ended, and its session is closed or left to expire. */
  CompletableFuture<End> over() {
    return over;
  }

  /** The id of the session; 0 while it is not known. */
  synchronized long id() {
    return session;
  }

  /** Why there is no session, or none that is known; null otherwise. */
  synchronized @Nullable HoldUpdate failure() {
    return failure;
  }

  /** Whether the lock was held by another, and the hold was not to wait. */
  synchronized boolean isRefused() {
    return refused;
  }

  /**
   * How long no other session can hold the lock, counted from when an update that is sent now has
   * arrived.
   */
  long validNanos() {
    SessionKeepAlive.KeptSession now;
    synchronized (this) {
      now = ended ? null : kept;
    }
    return now == null ? 0 : Validity.reportedNanos(now, ttl);
  }
}
