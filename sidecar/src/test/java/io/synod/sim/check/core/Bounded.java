package io.synod.sim.check.core;

import io.synod.paxos.MeasuredReplica;
import io.synod.paxos.MemoryUse;
import io.synod.paxos.Settings;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.propose.ProposalBudget;
import io.synod.sim.check.Holdings;
import io.synod.sim.check.Holdings.KeptSlots;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import io.synod.state.MeasuredState;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Checks I20: after each turn, the memory that a node uses for callers and peers is within its
 * bounds. The checker counts every item itself and does not use the node's counters.
 *
 * <p>A single item may exceed a bound in bytes: one slot in the feed, the states of one slot, the
 * newest slot in a leader's window, one vote far ahead. The node's own proposals count among those
 * of callers.
 *
 * <p>The loop's mailbox, and the promises that a candidate collects, are not checked here.
 */
public final class Bounded implements Checker {
  private static final int SHARES_MAX = 4;
  private static final int DIGESTS_MAX = 32;
  private static final int SNAPSHOTS_MAX = 4;
  private static final int SMALL_BYTES = 100;

  /** The number of commands after which every session is checked once. */
  private static final int THOROUGH = 64;

  /** A bound that was reached; a run that never reached it has not tested it. */
  public enum Bound {
    PENDING_FULL,
    PENDING_BYTES_FULL,
    ACKNOWLEDGEMENTS_FULL,
    READS_FULL,
    FEED_DROPPED,
    PAST_DROPPED,
    SHARES_FULL,
    WINDOW_FULL,
    WINDOW_BYTES_FULL,
    QUEUE_FULL,
    SNAPSHOTS_FULL
  }

  private final CallerLimits callerLimits;
  private final Settings settings;
  private final Consumer<Bound> reached;
  private final Map<Integer, Before> before = new HashMap<>();
  private final EnumSet<Bound> seen = EnumSet.noneOf(Bound.class);

  /** The recent slots and states after the previous turn. */
  private record Before(int process, KeptSlots feed, KeptSlots past, long index) {}

  /** Creates a checker of nodes with these limits, which reports each reached bound once. */
  public Bounded(CallerLimits callerLimits, Settings settings, Consumer<Bound> reached) {
    this.callerLimits = callerLimits;
    this.settings = settings;
    this.reached = reached;
  }

  @Override
  public void holds(ObservedNode observedNode, Holdings held) {
    waiting(observedNode, held);
    kept(observedNode, held);
    core(observedNode, held.core());
    state(observedNode, held);
    Before last = before.get(observedNode.node());
    if (last != null && last.process == observedNode.process()) {
      reach(Bound.FEED_DROPPED, hasDropped(last.feed, held.feed()));
      reach(Bound.PAST_DROPPED, hasDropped(last.past, held.past()));
    }
    before.put(
        observedNode.node(),
        new Before(observedNode.process(), held.feed(), held.past(), held.state().index()));
  }

  private void waiting(ObservedNode observedNode, Holdings held) {
    MemoryUse proposals = held.waiting().proposals();
    most(observedNode, "proposals", proposals.count(), callerLimits.pendingMax());
    most(observedNode, "bytes of proposals", proposals.bytes(), callerLimits.pendingBytesMax());
    most(observedNode, "duties", held.waiting().duties().count(), ProposalBudget.DUTIES_MAX);
    most(
        observedNode,
        "acknowledgements",
        held.waiting().acknowledgements(),
        callerLimits.pendingMax());
    most(observedNode, "reads", held.waiting().reads(), callerLimits.readsMax());
    most(observedNode, "shares", held.shares(), SHARES_MAX);
    reach(Bound.PENDING_FULL, proposals.count() == callerLimits.pendingMax());
    reach(
        Bound.PENDING_BYTES_FULL, proposals.bytes() + SMALL_BYTES > callerLimits.pendingBytesMax());
    reach(
        Bound.ACKNOWLEDGEMENTS_FULL,
        held.waiting().acknowledgements() == callerLimits.pendingMax());
    reach(Bound.READS_FULL, held.waiting().reads() == callerLimits.readsMax());
    reach(Bound.SHARES_FULL, held.shares() == SHARES_MAX);
  }

  private void kept(ObservedNode observedNode, Holdings held) {
    if (held.feed().slots() > 1) {
      most(
          observedNode,
          "bytes in the feed",
          held.feed().memoryUse().bytes(),
          callerLimits.recentBytesMax());
    }
    if (held.past().slots() > 1) {
      most(observedNode, "states", held.past().memoryUse().count(), callerLimits.statesMax());
      most(
          observedNode,
          "bytes of states",
          held.past().memoryUse().bytes(),
          callerLimits.recentBytesMax());
    }
  }

  /** Whether the oldest part was dropped, and not everything replaced. */
  private static boolean hasDropped(KeptSlots last, KeptSlots now) {
    return last.oldest() < now.oldest() && now.oldest() <= last.newest();
  }

  private void core(ObservedNode observedNode, MeasuredReplica core) {
    most(observedNode, "open slots", core.window().count(), settings.windowSlots());
    // The bytes of all open slots but the newest, which was added when those were below the bound.
    long others = core.window().bytes() - core.newest();
    most(observedNode, "bytes of open slots", others, settings.windowBytesMax() - 1);
    most(observedNode, "bytes in the queue", core.queue().bytes(), settings.queueBytesMax());
    most(observedNode, "bytes of chosen slots", core.chosen().bytes(), settings.recentBytesMax());
    most(
        observedNode,
        "bytes of far votes",
        core.far().bytes() - core.farLargest(),
        settings.recentBytesMax() + 2 * settings.windowBytesMax());
    boolean waits = core.queue().count() > 0;
    boolean full = core.window().count() == settings.windowSlots();
    reach(Bound.WINDOW_FULL, waits && full);
    reach(Bound.WINDOW_BYTES_FULL, waits && core.window().bytes() >= settings.windowBytesMax());
    reach(Bound.QUEUE_FULL, core.queue().bytes() + SMALL_BYTES > settings.queueBytesMax());
  }

  private void state(ObservedNode observedNode, Holdings held) {
    Before last = before.get(observedNode.node());
    long index = held.state().index();
    if (last != null && last.index == index) {
      return;
    }
    boolean thorough = last == null || last.index / THOROUGH != index / THOROUGH;
    String excess =
        thorough ? MeasuredState.excessOfAny(held.state()) : MeasuredState.excess(held.state());
    if (excess != null) {
      throw new Violation("I20", "node " + observedNode.node() + " has a state of " + excess);
    }
    MeasuredState measuredState = MeasuredState.of(held.state());
    most(observedNode, "digests of a copy", measuredState.digests(), DIGESTS_MAX);
    most(observedNode, "snapshots of a consumer", measuredState.snapshots(), SNAPSHOTS_MAX);
    reach(Bound.SNAPSHOTS_FULL, measuredState.snapshots() == SNAPSHOTS_MAX);
  }

  private static void most(ObservedNode observedNode, String what, long held, long max) {
    if (held > max) {
      throw new Violation(
          "I20",
          "node " + observedNode.node() + " holds " + held + " " + what + ", at most " + max);
    }
  }

  private void reach(Bound bound, boolean now) {
    if (now && seen.add(bound)) {
      reached.accept(bound);
    }
  }
}
