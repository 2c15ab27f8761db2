package io.synod.runtime.propose;

import io.synod.paxos.MemoryUse;
import io.synod.paxos.ResendBackoff;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.OutcomeMapping;
import io.synod.runtime.port.CallerLimits;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.result.Applied;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The proposals of callers at this node that wait for their outcome.
 *
 * <p>The outcome is known when the entry is applied on this node, whichever node led: leader and
 * follower share one path. Until then the command is proposed again, unchanged, whenever a leader
 * appears or no outcome came for longer than outcomes lately took; its session and sequence make
 * that harmless, but each copy takes a place in the log. Commands that the leader or the transport
 * did not accept are proposed again, the oldest first, once something was applied. At its deadline,
 * a proposal that was sent to no node fails as unavailable; any other is indeterminate.
 *
 * <p>The node's own commands, and those that release something, have a separate budget, and go
 * first: otherwise callers could exhaust it, and a session that is kept alive would expire.
 *
 * <p>{@link #add} and {@link #count} may be called from any thread, the others by the loop's.
 */
public final class PendingProposals {
  private final Executor publisher;
  private final ResendBackoff backoff;
  private final Runnable wake;
  final CallerLimits limits;
  private final Map<ProposalKind, ProposalBudget> budgets;
  private final Map<Entry.Key, List<PendingProposal>> waiting = new HashMap<>();
  private List<PendingProposal> arrived = new ArrayList<>(); // Not passed to the core yet.
  private final TreeSet<PendingProposal> byDeadline =
      new TreeSet<>(
          Comparator.<PendingProposal>comparingLong(one -> one.deadlineNanos)
              .thenComparingLong(one -> one.number));
  private final ProposalWindow window;
  private long lastNumber;
  private long turnNanos;
  private boolean closed;
  private boolean quarantined;
  // Only the loop writes it, under the lock, and reads it without.
  private volatile @Nullable Availability refusal;

  /**
   * Creates it without proposals.
   *
   * @param shareBytes the maximum in flight to a leader on another node, to spare its queue
   * @param wake makes the cycle turn soon
   */
  public PendingProposals(
      CallerLimits limits,
      Executor publisher,
      ResendBackoff backoff,
      long shareBytes,
      Runnable wake) {
    this.publisher = publisher;
    this.backoff = backoff;
    this.wake = wake;
    this.limits = limits;
    this.budgets = ProposalBudget.of(limits);
    this.window = new ProposalWindow(shareBytes);
  }

  /** Adds an entry to be proposed in the next turn; null if too many wait. */
  synchronized @Nullable CompletableFuture<Outcome> add(
      Entry entry, long deadlineNanos, ProposalKind kind) {
    if (quarantined) {
      return CompletableFuture.completedFuture(new Outcome.Quarantined());
    }
    Availability why = refusal;
    if (why != null && (closed || kind == ProposalKind.CALLER)) {
      return CompletableFuture.completedFuture(new Outcome.Unavailable(why));
    }
    Command command = Command.of(entry.encode());
    ProposalBudget budget = Objects.requireNonNull(budgets.get(kind));
    if (!budget.fits(command)) {
      return null;
    }
    PendingProposal added = new PendingProposal(entry, command, kind, deadlineNanos, ++lastNumber);
    arrived.add(added);
    // Other nodes may know of an earlier one with the same session and sequence.
    added.completed = waitingFor(command).stream().anyMatch(earlier -> earlier.completed);
    waiting.computeIfAbsent(entry.key(), key -> new ArrayList<>(1)).add(added);
    byDeadline.add(added);
    budget.enter(command);
    return added.future;
  }

  /** Makes the cycle turn soon. */
  void wake() {
    wake.run();
  }

  /** The minimum silence after which a command is proposed again. */
  long againAfterNanos() {
    return backoff.minNanos();
  }

  /** How many wait. */
  public synchronized int count() {
    return budgets.values().stream().mapToInt(ProposalBudget::count).sum();
  }

  /** The waiting proposals, counted one by one. */
  public synchronized MemoryUse load(ProposalKind kind) {
    MemoryUse memoryUse = MemoryUse.NONE;
    for (PendingProposal waiter : byDeadline) {
      memoryUse = waiter.kind == kind ? memoryUse.with(waiter.command.size()) : memoryUse;
    }
    return memoryUse;
  }

  /** These were passed to the core, which accepted all but {@code refused}. */
  public synchronized void proposed(
      List<Command> commands, List<Command> refused, Availability now) {
    List<Runnable> completions = new ArrayList<>();
    for (Command command : refused) {
      for (PendingProposal found : List.copyOf(waitingFor(command))) {
        if (!found.completed && now.isUnrecoverable()) {
          finish(found, new Outcome.Unavailable(now), completions);
        } else {
          window.refused(found);
        }
      }
    }
    Set<Command> rejected = Collections.newSetFromMap(new IdentityHashMap<>());
    rejected.addAll(refused);
    for (Command command : commands) {
      boolean placed = !rejected.contains(command);
      for (PendingProposal found : waitingFor(command)) {
        found.completed |= placed;
        found.placing = false;
      }
    }
    publish(completions);
  }

  /** The transport did not send these: there was no connection, or its queue was full. */
  public synchronized void dropped(List<Command> commands) {
    commands.forEach(command -> waitingFor(command).forEach(window::refused));
  }

  /** A new connection was made: commands that could not be sent may be sent now. */
  public synchronized void reconnected() {
    window.roomMade(Long.MAX_VALUE);
  }

  /** Completes the proposals whose entries were applied. */
  public synchronized void applied(Chosen chosen, SlotResult slotResult) {
    window.roomMade(chosen.proposal().batch().size());
    if (waiting.isEmpty()) {
      return;
    }
    List<Runnable> completions = new ArrayList<>();
    for (Applied applied : slotResult.applied()) {
      Entry entry = applied.entry();
      List<PendingProposal> found = entry == null ? null : waiting.get(entry.key());
      if (entry != null && found != null) {
        for (PendingProposal waiter : List.copyOf(found)) {
          long attempt = waiter.entry.attempt();
          if (waiter.isFor(entry) && OutcomeMapping.concerns(attempt, entry, applied.result())) {
            backoff.onReply(turnNanos - waiter.firstAtNanos);
            Outcome outcome = OutcomeMapping.of(chosen, slotResult, applied, entry, attempt);
            finish(waiter, waiter.complete(outcome), completions);
          }
        }
      }
    }
    publish(completions);
  }

  /**
   * A snapshot skipped slots, and waiting proposals may have been applied in them. When such a
   * proposal is repeated, its session answers it exactly once; an entry that opens a session has
   * none, and would open another, so its outcome is indeterminate.
   */
  public synchronized void installed() {
    List<Runnable> completions = new ArrayList<>();
    for (PendingProposal waiter : List.copyOf(byDeadline)) {
      if (waiter.completed && waiter.entry.session() == 0) {
        finish(waiter, waiter.indeterminate(), completions);
      } else {
        waiter.unseen |= waiter.completed;
      }
    }
    publish(completions);
  }

  /** Fails the proposals whose deadline has passed. */
  public synchronized void expire(long nowNanos, Availability now) {
    List<Runnable> completions = new ArrayList<>();
    while (!byDeadline.isEmpty() && byDeadline.first().deadlineNanos <= nowNanos) {
      PendingProposal waiter = byDeadline.first();
      Outcome late = waiter.mayBeKnown() ? waiter.indeterminate() : new Outcome.Unavailable(now);
      finish(waiter, late, completions);
    }
    publish(completions);
  }

  /** The earliest moment at which there is something to do. */
  public synchronized long nextDeadlineNanos() {
    if (window.isDue()) {
      return Long.MIN_VALUE;
    }
    return byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.first().deadlineNanos;
  }

  /**
   * The proposals that arrived since the last turn, or were not accepted before, to be passed to
   * the core.
   *
   * @param leads whether this node leads, so that they go no further than the core
   */
  public synchronized List<Command> arrived(long nowNanos, boolean leads) {
    List<PendingProposal> due = window.due(arrived, leads);
    arrived = new ArrayList<>();
    return handOver(due, nowNanos);
  }

  /** The proposals to be sent again: all, or those that were silent too long. */
  public synchronized List<Command> again(long nowNanos, boolean all) {
    List<PendingProposal> due = new ArrayList<>();
    for (List<PendingProposal> same : waiting.values()) {
      for (PendingProposal waiter : same) {
        boolean overdue = nowNanos - waiter.proposedAtNanos >= backoff.usualNanos(waiter.times);
        if (waiter.handed && (all || overdue)) {
          due.add(waiter);
        }
      }
    }
    if (all) {
      due.forEach(window::refused);
      window.roomMade(Long.MAX_VALUE);
      return List.of();
    }
    return handOver(due, nowNanos);
  }

  private List<Command> handOver(List<PendingProposal> due, long nowNanos) {
    turnNanos = nowNanos;
    List<Command> commands = new ArrayList<>(due.size());
    if (Objects.requireNonNull(budgets.get(ProposalKind.DUTY)).count()
            + Objects.requireNonNull(budgets.get(ProposalKind.FREEING)).count()
        > 0) {
      // The leader may not accept all.
      due.sort(ProposalWindow.FIRST);
    }
    for (PendingProposal waiter : due) {
      window.handed(waiter);
      waiter.firstAtNanos = waiter.times == 0 ? nowNanos : waiter.firstAtNanos;
      waiter.handed = true;
      waiter.placing = true;
      waiter.times++;
      waiter.proposedAtNanos = nowNanos;
      commands.add(waiter.command);
    }
    return commands;
  }

  /** The node stops: the fate of these proposals will not be known here. */
  public synchronized void close(Availability stopping) {
    closed = true;
    refusal = stopping;
    expire(Long.MAX_VALUE, stopping);
  }

  /**
   * Sets the reason for which callers' proposals are refused, except those that release something;
   * null if they are accepted. Proposals that were already sent keep waiting.
   */
  public void refuse(@Nullable Availability why) {
    // The loop calls it in every turn; no refused proposal has arrived since.
    if (!Objects.equals(why, refusal)) {
      refuseAnew(why);
    }
  }

  private synchronized void refuseAnew(@Nullable Availability why) {
    refusal = why;
    if (why == null) {
      return;
    }
    List<Runnable> completions = new ArrayList<>();
    for (PendingProposal waiter : List.copyOf(arrived)) {
      if (waiter.kind == ProposalKind.CALLER && !waiter.mayBeKnown()) {
        finish(waiter, new Outcome.Unavailable(why), completions);
      }
    }
    publish(completions);
  }

  /** Sets whether the state here is wrong, so that no outcome is known. */
  public synchronized void quarantine(boolean wrong) {
    quarantined = wrong;
    List<Runnable> completions = new ArrayList<>();
    while (wrong && !byDeadline.isEmpty()) {
      PendingProposal waiter = byDeadline.first();
      Outcome outcome = waiter.mayBeKnown() ? waiter.indeterminate() : new Outcome.Quarantined();
      finish(waiter, outcome, completions);
    }
    publish(completions);
  }

  private void finish(PendingProposal waiter, Outcome outcome, List<Runnable> completions) {
    Check.that(byDeadline.remove(waiter), "a caller is answered once");
    window.finished(waiter);
    if (!waiter.handed) {
      // A proposal that failed as never sent must not be proposed afterwards.
      arrived.remove(waiter);
    }
    List<PendingProposal> same = waitingFor(waiter.command);
    same.remove(waiter);
    if (same.isEmpty()) {
      waiting.remove(waiter.entry.key());
    }
    Objects.requireNonNull(budgets.get(waiter.kind)).leave(waiter.command);
    completions.add(() -> waiter.future.complete(outcome));
  }

  private List<PendingProposal> waitingFor(Command command) {
    return waiting.getOrDefault(Entry.keyOf(command.bytes()), new ArrayList<>(0));
  }

  /** Runs these in order, on another thread than the loop's. */
  void publish(List<Runnable> completions) {
    if (!completions.isEmpty()) {
      publisher.execute(() -> completions.forEach(Runnable::run));
    }
  }
}
