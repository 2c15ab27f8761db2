package io.synod.runtime;

import io.synod.paxos.View;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.Result;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Proposes under the sidecar's own session: what callers give it without a session, and what the
 * node itself has to do. The session is opened when it is first needed, and again when it was
 * evicted. Any thread may call any method.
 */
final class OwnProposals {
  private static final long RETRY_AFTER_MILLIS = 100;

  private final int node;
  private final Clock clock;
  private final Pending pending;
  private final Pending.Whose whose;
  private final OwnSession own;
  // Of its own, since callers draw from it on any thread; a nonce is never drawn twice.
  private final SplittableRandom nonces;
  private final AtomicReference<@Nullable CompletableFuture<Outcome>> opening =
      new AtomicReference<>();
  private volatile @Nullable View view;
  private volatile @Nullable Mailbox mailbox;

  OwnProposals(
      int node, Clock clock, Pending pending, Pending.Whose whose, RandomGenerator random) {
    this.node = node;
    this.clock = clock;
    this.pending = pending;
    this.whose = whose;
    this.nonces = new SplittableRandom(random.nextLong());
    this.own = new OwnSession(node);
  }

  /** From now on this wakes whoever turns the cycle. */
  void wakes(Mailbox cycle) {
    mailbox = cycle;
  }

  /** What the replica believes after a turn. */
  void seen(View now) {
    view = now;
  }

  /** Makes the cycle turn soon. */
  void wake() {
    Mailbox cycle = mailbox;
    if (cycle != null) {
      cycle.wake();
    }
  }

  /** Proposes a draft in the own session, or in the next if that was evicted. */
  CompletableFuture<Outcome> propose(Draft draft, long deadlineNanos) {
    if (own.isFull()) {
      return CompletableFuture.completedFuture(new Outcome.Overloaded(RETRY_AFTER_MILLIS));
    }
    Entry entry = own.next(draft);
    if (entry == null) {
      return openOwn(deadlineNanos)
          .thenCompose(
              outcome ->
                  outcome instanceof Outcome.Applied
                      ? propose(draft, deadlineNanos)
                      : CompletableFuture.completedFuture(beforeProposed(outcome)));
    }
    return propose(entry, deadlineNanos)
        .thenCompose(
            outcome -> {
              own.done(entry);
              if (outcome instanceof Outcome.SessionUnknown unknown) {
                // It was evicted, and the entry had no effect: the same under a new session.
                own.lost(unknown.session());
                return propose(draft, deadlineNanos);
              }
              boolean laden =
                  outcome instanceof Outcome.WithoutEffect no
                      && no.why() instanceof Result.AnswersFull;
              // Never to have an effect, so the caller may ask anew once others are answered.
              return CompletableFuture.completedFuture(
                  laden ? new Outcome.Overloaded(RETRY_AFTER_MILLIS) : outcome);
            });
  }

  /** The command itself was told to nobody, whatever became of the session's opening. */
  private Outcome beforeProposed(Outcome opened) {
    View now = view;
    if (opened instanceof Outcome.Indeterminate && now != null) {
      return new Outcome.Unavailable(Availability.of(now));
    }
    return opened;
  }

  private CompletableFuture<Outcome> openOwn(long deadlineNanos) {
    CompletableFuture<Outcome> mine = new CompletableFuture<>();
    CompletableFuture<Outcome> first = opening.compareAndExchange(null, mine);
    if (first != null) {
      return first;
    }
    Payload open = new Orders.Open(0).encode();
    return open(new Draft(Entry.Kind.OPEN_SESSION, "sidecar " + node, "", open), deadlineNanos)
        .thenCompose(
            outcome -> {
              if (outcome instanceof Outcome.Applied applied) {
                own.opened(applied.index());
              }
              opening.set(null);
              mine.complete(outcome);
              return mine;
            });
  }

  /** Opens a session for a caller. */
  CompletableFuture<Outcome> open(Draft draft, long deadlineNanos) {
    return propose(draft.under(node, new Entry.Key(0, draw()), 0), deadlineNanos);
  }

  private long draw() {
    synchronized (nonces) {
      return nonces.nextLong();
    }
  }

  /** Proposes an entry of a caller's own session, as an attempt of its own. */
  CompletableFuture<Outcome> propose(Entry entry, long deadlineNanos) {
    Entry attempt = entry.attempted(draw());
    CompletableFuture<Outcome> waiting = pending.add(attempt, deadlineNanos, whose);
    if (waiting == null) {
      return CompletableFuture.completedFuture(new Outcome.Overloaded(RETRY_AFTER_MILLIS));
    }
    wake();
    return waiting;
  }

  /** Completes what callers wait for, not on the loop's thread. */
  void publish(List<Runnable> completions) {
    pending.publish(completions);
  }

  /** Now, on the clock that deadlines are given on. */
  long nanos() {
    return clock.nanos();
  }
}
