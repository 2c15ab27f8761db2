package io.synod.api.lock;

import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.StatusErrors;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.result.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The session behind one hold: proposed, kept, and ended. Once it was begun, {@link #end} sees to
 * it that the session is ended, also one whose opening is still under way or of unknown outcome;
 * what cannot be ended in time is kept no more, and ends with its time to live. Any thread may call
 * any method.
 */
final class Hold {
  /** What is said takes this part of the time to live to arrive, at most. */
  private static final int TRANSIT_PART = 50;

  private final HoldTable here;
  private final NewEntry newEntry;
  private final Duration ttl;
  private final Runnable changed;
  private boolean begun;
  private boolean ended;
  private boolean refused;
  private long session;
  private SessionKeepAlive.@Nullable Kept kept;
  private @Nullable Throwable failure;

  /**
   * Nothing is proposed yet.
   *
   * @param changed wakes whoever looks at this; called by any thread
   */
  Hold(HoldTable here, SystemCommands.Hold order, Runnable changed) {
    this.here = here;
    this.newEntry = NewEntry.of(Entry.Kind.HOLD, order.encode());
    this.ttl = Duration.ofMillis(order.ttlMillis());
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
    here.open(this, newEntry, patience);
  }

  /** The hold was applied, or not, and this is all that is known. */
  void opened(Outcome outcome, long sentNanos) {
    if (outcome instanceof Outcome.Applied applied) {
      if (applied.reply() instanceof Reply.Queued queued && queued.queued()) {
        opened(applied.index(), sentNanos);
      } else {
        synchronized (this) {
          refused = true;
        }
        here.over(this);
      }
    } else {
      synchronized (this) {
        failure =
            outcome instanceof Outcome.Indeterminate
                ? StatusErrors.holdUnknown()
                : OutcomeErrors.refusal(outcome, IdempotencyKey.HARMLESS);
      }
      if (outcome instanceof Outcome.Indeterminate unknown) {
        here.findAndClose(this, newEntry, unknown);
      } else {
        here.over(this);
      }
    }
    changed.run();
  }

  private void opened(long id, long sentNanos) {
    synchronized (this) {
      session = id;
      if (!ended) {
        try {
          kept = here.keep(this, id, ttl, sentNanos, changed);
          return;
        } catch (RuntimeException e) {
          failure = e;
        }
      }
    }
    here.close(this, id);
  }

  /** It could not even be proposed. */
  void failed(Throwable why) {
    synchronized (this) {
      failure = why;
    }
    here.over(this);
    changed.run();
  }

  /** Gives it back, or up. May be called twice. */
  void end() {
    long known;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      if (!begun || failure != null || refused || session == 0) {
        // Nothing to close, or whoever learns of the session closes it.
        return;
      }
      known = session;
      if (kept != null) {
        kept.close();
      }
    }
    here.close(this, known);
  }

  /** How long its session lives without being kept. */
  Duration ttl() {
    return ttl;
  }

  /** The id of the session; 0 while that is not known. */
  synchronized long session() {
    return session;
  }

  /** Why it could not be had; null unless that is so. */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** Whether another held it, and it was to be tried once. */
  synchronized boolean isRefused() {
    return refused;
  }

  /**
   * For how long nobody else can hold what this session holds, counted from when whoever is told so
   * now has heard it.
   */
  long validNanos() {
    SessionKeepAlive.Kept now;
    synchronized (this) {
      now = ended ? null : kept;
    }
    return now == null ? 0 : toldNanos(now, ttl);
  }

  /** For how long a session is valid, counted from when whoever is told so now has heard it. */
  static long toldNanos(SessionKeepAlive.Kept session, Duration ttl) {
    return Math.max(0, session.validNanos() - ttl.toNanos() / TRANSIT_PART);
  }
}
