package io.synod.api.lock;

import io.synod.api.call.ResponseInfos;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.state.Entry;
import io.synod.state.NewEntry;
import io.synod.state.Payload;
import io.synod.state.Reply;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The holds of applications here, until their sessions are known to be gone or are left to their
 * time to live. What fails on the way is tried again, each time after twice as long, for twice that
 * time. Nobody keeps a session meanwhile, so that it ends by itself if it cannot be ended from
 * here: when a leader has seen it silent for its time to live, which each new leader counts anew.
 * Any thread may call any method.
 */
public final class HoldTable {
  /** No proposal has it, so a close never meets the answer of one. */
  static final long CLOSING_SEQUENCE = Long.MAX_VALUE;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long AGAIN_MILLIS = 100;
  private static final long AGAIN_MILLIS_MAX = 5_000;

  /** So many times its time to live a session is tried to be ended; then it is left to that. */
  private static final int TTLS = 2;

  private final Node node;
  private final ResponseInfos infos;
  private final ScheduledExecutorService clock;
  private final Set<Hold> unfinished = new HashSet<>();
  private final Map<Long, Hold> kept = new ConcurrentHashMap<>();

  public HoldTable(Node node, ResponseInfos infos, ScheduledExecutorService clock) {
    this.node = node;
    this.infos = infos;
    this.clock = clock;
  }

  /**
   * For how long from now the session surely holds what it holds; 0 if this sidecar does not know.
   */
  public long validNanos(long session) {
    Hold hold = kept.get(session);
    return hold == null ? 0 : hold.validNanos();
  }

  /** Proposes a hold, and tells the tenure what became of it. */
  void open(Hold hold, NewEntry newEntry, Duration patience) {
    synchronized (unfinished) {
      unfinished.add(hold);
    }
    long sentNanos = System.nanoTime();
    try {
      CompletableFuture<Void> unused =
          node.proposer()
              .open(newEntry, patience)
              .thenAccept(outcome -> hold.opened(outcome, sentNanos));
    } catch (RuntimeException e) {
      hold.failed(e);
    }
  }

  SessionKeepAlive.Kept keep(
      Hold hold, long session, Duration ttl, long sentNanos, Runnable changed) {
    SessionKeepAlive.Kept keeping = node.sessionKeepAlive().keep(session, ttl, sentNanos, changed);
    kept.put(session, hold);
    return keeping;
  }

  /** Nothing of it is left, or it is left to its time to live. */
  void over(Hold hold) {
    synchronized (unfinished) {
      unfinished.remove(hold);
      unfinished.notifyAll();
    }
  }

  /** How long something is tried, and how long it waits before it is tried again. */
  private record Effort(long untilNanos, long againMillis) {
    private static Effort of(Hold hold) {
      long ttlNanos = hold.ttl().toNanos();
      return new Effort(System.nanoTime() + TTLS * ttlNanos, AGAIN_MILLIS);
    }

    private Effort next() {
      return new Effort(untilNanos, Math.min(2 * againMillis, AGAIN_MILLIS_MAX));
    }

    private boolean isOver() {
      return System.nanoTime() - untilNanos >= 0;
    }
  }

  /** Ends this session; tried until it is gone, or has to be left to its time to live. */
  void close(Hold hold, long session) {
    kept.remove(session);
    close(hold, session, Effort.of(hold));
  }

  private void close(Hold hold, long session, Effort effort) {
    Entry closing =
        NewEntry.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY)
            .under(infos.node(), new Entry.Key(session, CLOSING_SEQUENCE), 0);
    insist(
        closing,
        outcome -> {
          if (outcome instanceof Outcome.Applied
              || outcome instanceof Outcome.SessionUnknown
              || node.reads().state().session(session) == null) {
            over(hold);
          } else {
            again(hold, effort, next -> close(hold, session, next));
          }
        });
  }

  /**
   * Ends the session that a hold of unknown outcome opened, or opens yet: the same hold is proposed
   * again, which has one effect and tells its session.
   */
  void findAndClose(Hold hold, NewEntry newEntry, Outcome.Indeterminate unknown) {
    findAndClose(hold, newEntry, unknown, Effort.of(hold));
  }

  private void findAndClose(
      Hold hold, NewEntry newEntry, Outcome.Indeterminate unknown, Effort effort) {
    insist(
        newEntry.under(infos.node(), new Entry.Key(0, unknown.sequence()), unknown.ackedBelow()),
        outcome -> {
          if (outcome instanceof Outcome.Applied applied) {
            if (applied.reply() instanceof Reply.Queued queued && queued.queued()) {
              close(hold, applied.index());
            } else {
              over(hold);
            }
          } else if (outcome instanceof Outcome.WithoutEffect) {
            // The state refused it for good; if it opened one before, nobody keeps that.
            over(hold);
          } else {
            // Even "surely not executed" is said of this attempt only.
            again(hold, effort, next -> findAndClose(hold, newEntry, unknown, next));
          }
        });
  }

  private void insist(Entry entry, Consumer<Outcome> then) {
    CompletableFuture<Outcome> future;
    try {
      future = node.proposer().free(entry, PATIENCE);
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

  private void again(Hold hold, Effort effort, Consumer<Effort> work) {
    if (effort.isOver()) {
      over(hold);
      return;
    }
    try {
      var unused =
          clock.schedule(
              () -> work.accept(effort.next()), effort.againMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopped) {
      // The sidecar stops and could not end it: the time to live will.
    }
  }

  /** How many are open here, or are still tried to be ended. */
  public int count() {
    synchronized (unfinished) {
      return unfinished.size();
    }
  }

  /** Waits until all are ended, or left to their time to live; returns whether they are. */
  public boolean awaitOver(Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    synchronized (unfinished) {
      while (!unfinished.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(unfinished, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
    }
    return true;
  }
}
