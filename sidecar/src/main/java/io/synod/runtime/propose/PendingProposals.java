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
 * The proposals of callers here that wait for their outcome.
 *
 * <p>An outcome is known when the entry is applied on this node, whoever led: leader and follower
 * share one path. Until then the command is proposed again, unchanged, whenever a leader appears or
 * nothing was heard for longer than outcomes lately took; the session and sequence it carries make
 * that harmless, but each copy takes its place in the log. What the leader or the transport had no
 * room for is proposed again, the oldest first, once something was applied. A proposal that nobody
 * was ever told of fails as unavailable; any other whose time is up is indeterminate.
 *
 * <p>What the node proposes of its own accord, and what frees something, has room of its own, and
 * goes first: a session whose keeper finds no room because of callers would end though it is kept.
 *
 * <p>{@link #add} and {@link #count} may be called from any thread, the rest by the loop's.
 */
public final class PendingProposals {
  private final Executor publisher;
  private final ResendBackoff backoff;
  private final Runnable wake;
  private final Map<ProposalKind, ProposalBudget> budgets;
  private final Map<Entry.Key, List<PendingProposal>> waiting = new HashMap<>();
  private List<PendingProposal> arrived = new ArrayList<>(); // Not handed to the core yet.
  private final TreeSet<PendingProposal> byDeadline =
      new TreeSet<>(
          Comparator.<PendingProposal>comparingLong(one -> one.deadlineNanos)
              .thenComparingLong(one -> one.number));
  private final ProposalWindow window;
  private long lastNumber;
  private long turnNanos;
  private boolean closed;
  private boolean quarantined;
  // Written under the lock by the loop alone, which reads it without.
  private volatile @Nullable Availability refusal;

  /**
   * Nothing waits yet.
   *
   * @param shareBytes what may be under way to a leader elsewhere, lest its queue be full
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
    this.budgets = ProposalBudget.of(limits);
    this.window = new ProposalWindow(shareBytes);
  }

  /** Takes an entry that is to be proposed in the next turn; null if too many wait. */
  synchronized @Nullable CompletableFuture<Outcome> add(
      Entry entry, long deadlineNanos, ProposalKind kind) {
    if (quarantined) {
      return CompletableFuture.completedFuture(new Outcome.Quarantined());
    }
    Availability why = refusal;
    if (why != null && kind == ProposalKind.CALLER) {
      return CompletableFuture.completedFuture(new Outcome.Unavailable(why));
    }
    Command command = Command.of(entry.encode());
    ProposalBudget budget = Objects.requireNonNull(budgets.get(kind));
    if (closed || !budget.fits(command)) {
      return null;
    }
    PendingProposal added = new PendingProposal(entry, command, kind, deadlineNanos, ++lastNumber);
    arrived.add(added);
    // Somebody may know of an earlier one with the same session and sequence.
    added.told = waitingFor(command).stream().anyMatch(earlier -> earlier.told);
    waiting.computeIfAbsent(entry.key(), key -> new ArrayList<>(1)).add(added);
    byDeadline.add(added);
    budget.enter(command);
    return added.future;
  }

  /** Makes the cycle turn soon. */
  void wake() {
    wake.run();
  }

  /** How long nothing must be heard, at least, before something is proposed again. */
  long againAfterNanos() {
    return backoff.leastNanos();
  }

  /** How many wait. */
  public synchronized int count() {
    return budgets.values().stream().mapToInt(ProposalBudget::count).sum();
  }

  /** What waits, counted one by one. */
  public synchronized MemoryUse load(ProposalKind kind) {
    MemoryUse memoryUse = MemoryUse.NONE;
    for (PendingProposal waiter : byDeadline) {
      memoryUse = waiter.kind == kind ? memoryUse.with(waiter.command.size()) : memoryUse;
    }
    return memoryUse;
  }

  /** These were handed to the core, which could place all but {@code refused}. */
  public synchronized void proposed(
      List<Command> commands, List<Command> refused, Availability now) {
    List<Runnable> completions = new ArrayList<>();
    for (Command command : refused) {
      for (PendingProposal found : List.copyOf(waitingFor(command))) {
        if (!found.told && now.isHopeless()) {
          finish(found, new Outcome.Unavailable(now), completions);
        } else {
          window.refused(found);
        }
      }
    }
    Set<Command> untold = Collections.newSetFromMap(new IdentityHashMap<>());
    untold.addAll(refused);
    for (Command command : commands) {
      boolean placed = !untold.contains(command);
      for (PendingProposal found : waitingFor(command)) {
        found.told |= placed;
        found.placing = false;
      }
    }
    publish(completions);
  }

  /** The transport had no room for these, or no way. */
  public synchronized void dropped(List<Command> commands) {
    commands.forEach(command -> waitingFor(command).forEach(window::refused));
  }

  /** A connection was made: whatever found no room, or no way, may find it now. */
  public synchronized void reconnected() {
    window.roomMade(Long.MAX_VALUE);
  }

  /** Completes those whose entries were applied. */
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
            backoff.answered(turnNanos - waiter.firstAtNanos);
            Outcome outcome = OutcomeMapping.of(chosen, slotResult, applied, entry, attempt);
            finish(waiter, waiter.told(outcome), completions);
          }
        }
      }
    }
    publish(completions);
  }

  /**
   * Slots were passed over by a snapshot, and what waits may be in them. Its session tells when it
   * is proposed again, and takes it once; what opens a session, in none yet, would open another.
   */
  public synchronized void installed() {
    List<Runnable> completions = new ArrayList<>();
    for (PendingProposal waiter : List.copyOf(byDeadline)) {
      if (waiter.told && waiter.entry.session() == 0) {
        finish(waiter, waiter.indeterminate(), completions);
      } else {
        waiter.unseen |= waiter.told;
      }
    }
    publish(completions);
  }

  /** Gives up those whose time is up. */
  public synchronized void expire(long nowNanos, Availability now) {
    List<Runnable> completions = new ArrayList<>();
    while (!byDeadline.isEmpty() && byDeadline.first().deadlineNanos <= nowNanos) {
      giveUp(byDeadline.first(), now, completions);
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
   * What arrived since the last turn, or found no room before, to be handed to the core.
   *
   * @param leads whether this node leads, so that all of it goes no further than the core
   */
  public synchronized List<Command> arrived(long nowNanos, boolean leads) {
    List<PendingProposal> due = window.due(arrived, leads);
    arrived = new ArrayList<>();
    return handOver(due, nowNanos);
  }

  /** What waits and is to be proposed again: all, or what was silent too long. */
  public synchronized List<Command> again(long nowNanos, boolean all) {
    List<PendingProposal> due = new ArrayList<>();
    for (List<PendingProposal> same : waiting.values()) {
      for (PendingProposal waiter : same) {
        boolean silent = nowNanos - waiter.proposedAtNanos >= backoff.usualNanos(waiter.times);
        if (waiter.handed && (all || silent)) {
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
      // The leader may have no room for all.
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

  /** The node stops: nobody will ever know more here. */
  public synchronized void close(Availability stopping) {
    closed = true;
    expire(Long.MAX_VALUE, stopping);
  }

  /**
   * Whatever callers propose is refused for this reason, except what frees something; null if
   * nothing is. What somebody was told of waits on.
   */
  public void refuse(@Nullable Availability why) {
    // The loop says it in every turn; nothing that is refused arrived since.
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

  /** What is applied here is not to be trusted any more, and so no outcome is known. */
  public synchronized void quarantine() {
    quarantined = true;
    List<Runnable> completions = new ArrayList<>();
    while (!byDeadline.isEmpty()) {
      PendingProposal waiter = byDeadline.first();
      Outcome outcome = waiter.mayBeKnown() ? waiter.indeterminate() : new Outcome.Quarantined();
      finish(waiter, outcome, completions);
    }
    publish(completions);
  }

  private void giveUp(PendingProposal waiter, Availability now, List<Runnable> completions) {
    Outcome outcome = waiter.mayBeKnown() ? waiter.indeterminate() : new Outcome.Unavailable(now);
    finish(waiter, outcome, completions);
  }

  private void finish(PendingProposal waiter, Outcome outcome, List<Runnable> completions) {
    Check.that(byDeadline.remove(waiter), "a caller is answered once");
    window.finished(waiter);
    if (!waiter.handed) {
      // What was given up as never told must not be proposed afterwards.
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

  /** Runs these in order, and not on the loop's thread. */
  void publish(List<Runnable> completions) {
    if (!completions.isEmpty()) {
      publisher.execute(() -> completions.forEach(Runnable::run));
    }
  }
}
