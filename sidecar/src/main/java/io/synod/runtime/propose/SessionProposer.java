package io.synod.runtime.propose;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.Proposer;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Clock;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Progress;
import io.synod.runtime.turn.StateFollower;
import io.synod.runtime.turn.Turn;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SessionKind;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Result;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Proposes entries under the sidecar's own session: those of callers without a session, and the
 * node's background commands. The session is opened when it is first needed, and replaced when it
 * ended. Commands that release or renew something need no session. Any thread may call any method.
 */
public final class SessionProposer
    implements Proposer, SessionCommands, Participant, StateFollower {
  private static final long RETRY_AFTER_MILLIS = 100;

  private final int node;
  private final Clock clock;
  private final PendingProposals pendingProposals;
  private final SessionKind kind;
  private final long heldUpNanos;
  private final SidecarSession own;
  // A generator of its own, since callers use it on any thread; a nonce is never drawn twice.
  private final SplittableRandom nonces;
  // Completes with the reason if it could not be opened, or with null once it is open.
  private final AtomicReference<@Nullable CompletableFuture<@Nullable Outcome>> opening =
      new AtomicReference<>();
  private final OpeningWaiters waiters;
  private volatile State state = State.EMPTY;
  private volatile @Nullable NodeView nodeView;

  public SessionProposer(
      int node,
      Clock clock,
      PendingProposals pendingProposals,
      SessionKind kind,
      RandomGenerator random) {
    this.node = node;
    this.clock = clock;
    this.pendingProposals = pendingProposals;
    this.kind = kind;
    this.heldUpNanos = pendingProposals.againAfterNanos();
    this.nonces = new SplittableRandom(random.nextLong());
    this.own = new SidecarSession(node);
    this.waiters = new OpeningWaiters(pendingProposals.limits);
  }

  @Override
  public List<Input> turn(Turn turn) {
    advanceTo(turn.nodeView());
    return List.of();
  }

  @Override
  public List<Output.Envelope> onStalled(Progress progress, List<Input> inputs) {
    advanceTo(progress.nodeView());
    return List.of();
  }

  /** A caller waits for another caller's opening only until its own deadline. */
  @Override
  public void settle(Progress progress) {
    publish(waiters.expire(progress.nowNanos()));
  }

  @Override
  public long nextWakeNanos() {
    return waiters.nextDeadlineNanos();
  }

  @Override
  public void stop(Progress progress) {
    advanceTo(progress.nodeView());
  }

  @Override
  public void restored(State later) {
    applied(later);
  }

  @Override
  public void applied(ChosenSlot slot, SlotResult slotResult, State after) {
    applied(after);
  }

  /** The replica's view after a turn. */
  void advanceTo(NodeView now) {
    nodeView = now;
  }

  @Override
  public int node() {
    return node;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public void wake() {
    pendingProposals.wake();
  }

  /** A state that is applied here. */
  void applied(State now) {
    state = now;
  }

  @Override
  public CompletableFuture<Outcome> propose(NewEntry newEntry, Duration timeout) {
    return propose(newEntry, nanos() + timeout.toNanos());
  }

  @Override
  public CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout) {
    return open(newEntry, nanos() + timeout.toNanos());
  }

  @Override
  public CompletableFuture<Outcome> propose(Entry entry, Duration timeout) {
    return add(entry, nanos() + timeout.toNanos(), kind(entry.kind()));
  }

  @Override
  public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
    return add(entry, nanos() + timeout.toNanos(), ProposalKind.FREEING);
  }

  /**
   * Proposes an entry in the own session, or in the next one if that ended; without a session if it
   * needs none.
   */
  public CompletableFuture<Outcome> propose(NewEntry newEntry, long deadlineNanos) {
    if (newEntry.kind().isSessionless() && newEntry.requestId().isEmpty()) {
      return propose(sessionless(newEntry), deadlineNanos);
    }
    int aheadMax = state.limits().aheadMax();
    own.leaveIfHeldUp(aheadMax, clock.nanos() - heldUpNanos);
    if (own.isFull(aheadMax) && own.id() != 0) {
      return CompletableFuture.completedFuture(overloaded());
    }
    Entry entry = own.next(newEntry, clock.nanos());
    if (entry == null) {
      return proposeOnceOpen(newEntry, deadlineNanos);
    }
    return propose(entry, deadlineNanos)
        .thenCompose(
            outcome -> {
              own.done(entry);
              if (outcome instanceof Outcome.SessionUnknown unknown) {
                // The session ended, and the entry had no effect: propose it under a new one.
                own.lost(unknown.session());
                return propose(newEntry, deadlineNanos);
              }
              return CompletableFuture.completedFuture(isLaden(outcome) ? overloaded() : outcome);
            });
  }

  /** It never has an effect, so the caller may retry once other calls are answered. */
  private static boolean isLaden(Outcome outcome) {
    return outcome instanceof Outcome.SequenceAhead
        || (outcome instanceof Outcome.WithoutEffect no && no.why() instanceof Result.AnswersFull);
  }

  private Outcome overloaded() {
    NodeView now = nodeView;
    return now != null && now.available().reason() == Availability.Reason.STOPPING
        ? new Outcome.Unavailable(now.available())
        : new Outcome.Overloaded(RETRY_AFTER_MILLIS);
  }

  /** The command itself was sent to no node, whatever the fate of the session's opening. */
  private Outcome beforeProposed(Outcome opened) {
    NodeView now = nodeView;
    if (opened instanceof Outcome.Indeterminate && now != null) {
      return new Outcome.Unavailable(now.available());
    }
    return opened instanceof Outcome.WithoutEffect ? overloaded() : opened;
  }

  /** Opens the own session, unless another caller did so, and then proposes the entry. */
  CompletableFuture<Outcome> proposeOnceOpen(NewEntry newEntry, long deadlineNanos) {
    CompletableFuture<@Nullable Outcome> ownOpening = new CompletableFuture<>();
    CompletableFuture<@Nullable Outcome> first = opening.compareAndExchange(null, ownOpening);
    if (first == null) {
      openOwn(ownOpening, deadlineNanos);
    }
    CompletableFuture<@Nullable Outcome> waiting =
        first == null ? ownOpening : whenOpened(first, newEntry, deadlineNanos);
    if (waiting == null) {
      return CompletableFuture.completedFuture(overloaded());
    }
    return waiting.thenCompose(
        failure -> {
          boolean again = first != null && mayOpenLater(failure) && clock.nanos() < deadlineNanos;
          return failure == null || again
              ? propose(newEntry, deadlineNanos)
              : CompletableFuture.completedFuture(beforeProposed(failure));
        });
  }

  /** Whether an opening failed because its caller had an earlier deadline than others may have. */
  private static boolean mayOpenLater(@Nullable Outcome failure) {
    return failure instanceof Outcome.Indeterminate
        || (failure instanceof Outcome.Unavailable unavailable
            && !unavailable.why().isUnrecoverable());
  }

  /** Null if too many wait. */
  private @Nullable CompletableFuture<@Nullable Outcome> whenOpened(
      CompletableFuture<@Nullable Outcome> opened, NewEntry newEntry, long deadlineNanos) {
    CompletableFuture<@Nullable Outcome> waiting =
        waiters.add(opened, newEntry.payload().bytes().length, deadlineNanos);
    wake();
    return waiting;
  }

  private void openOwn(CompletableFuture<@Nullable Outcome> opened, long deadlineNanos) {
    if (own.id() != 0) {
      // It was opened since this caller checked; another opening would end it and refuse its
      // entries.
      opening.set(null);
      opened.complete(null);
      waiters.complete(opened);
      return;
    }
    Payload open = new SystemCommands.OpenOwn(kind).encode();
    NewEntry newEntry = new NewEntry(Entry.Kind.OPEN_OWN_SESSION, "sidecar " + node, "", open);
    var unused =
        open(newEntry, deadlineNanos)
            .thenAccept(
                outcome -> {
                  if (outcome instanceof Outcome.Applied applied) {
                    own.opened(applied.index());
                  }
                  opening.set(null);
                  opened.complete(outcome instanceof Outcome.Applied ? null : outcome);
                  waiters.complete(opened);
                });
  }

  /**
   * Opens a session; once more if the first entry was too late, since that does not concern a new
   * one.
   */
  public CompletableFuture<Outcome> open(NewEntry newEntry, long deadlineNanos) {
    return propose(sessionless(newEntry), deadlineNanos)
        .thenCompose(
            outcome ->
                isTooLate(outcome) && clock.nanos() < deadlineNanos
                    ? open(newEntry, deadlineNanos)
                    : CompletableFuture.completedFuture(outcome));
  }

  private static boolean isTooLate(Outcome outcome) {
    return outcome instanceof Outcome.WithoutEffect no && no.why() instanceof Result.TooLate;
  }

  /** An entry that needs no session, with a number of its own, whose birth is now. */
  private Entry sessionless(NewEntry newEntry) {
    return newEntry.under(node, new Entry.Key(0, draw()), createdAtIndex(newEntry.kind()));
  }

  /**
   * The last index that is known to be chosen, so that a sidecar whose state lags far behind is not
   * too late with a new command. A forced release must only concern a holder that was seen here, so
   * it uses the applied state.
   */
  private long createdAtIndex(Entry.Kind what) {
    NodeView now = nodeView;
    return now == null || what == Entry.Kind.RELEASE
        ? state.index()
        : Math.max(state.index(), now.view().reportedIndex());
  }

  private long draw() {
    synchronized (nonces) {
      return nonces.nextLong();
    }
  }

  /** Proposes an entry of a caller's own session, or of none, as a new attempt. */
  public CompletableFuture<Outcome> propose(Entry entry, long deadlineNanos) {
    return add(entry, deadlineNanos, kind(entry.kind()));
  }

  private CompletableFuture<Outcome> add(Entry entry, long deadlineNanos, ProposalKind kind) {
    Session of = state.session(entry.session());
    // All copies must be refused alike if the sequence is too far ahead, so the entry carries the
    // acknowledgement.
    Entry acknowledged = of == null ? entry : entry.acknowledging(of.ackedBelow());
    Entry attempt = acknowledged.attempted(draw());
    CompletableFuture<Outcome> waiting = pendingProposals.add(attempt, deadlineNanos, kind);
    if (waiting == null) {
      return CompletableFuture.completedFuture(overloaded());
    }
    wake();
    return waiting;
  }

  private ProposalKind kind(Entry.Kind what) {
    if (kind == SessionKind.OWN_DUTIES) {
      return ProposalKind.DUTY;
    }
    return switch (what) {
      case CLOSE_SESSION, RELEASE, DROP_CONSUMER -> ProposalKind.FREEING;
      default -> ProposalKind.CALLER;
    };
  }

  /** Completes callers' futures, on another thread than the loop's. */
  public void publish(List<Runnable> completions) {
    pendingProposals.publish(completions);
  }

  @Override
  public long nanos() {
    return clock.nanos();
  }
}
