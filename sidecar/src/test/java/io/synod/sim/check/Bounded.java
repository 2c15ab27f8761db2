package io.synod.sim.check;

import io.synod.paxos.Load;
import io.synod.paxos.Measured;
import io.synod.paxos.Settings;
import io.synod.runtime.engine.Engine;
import io.synod.runtime.engine.Turned;
import io.synod.runtime.engine.Turned.Holdings;
import io.synod.runtime.engine.Turned.Kept;
import io.synod.runtime.port.Bounds;
import io.synod.state.Weighed;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * I20: after each turn, what a node holds in memory for callers and peers is within its bounds,
 * counted one by one and not as the node counts it.
 *
 * <p>What is as large as it is may exceed a bound in bytes alone: one slot in the feed, the states
 * of one slot, the newest slot in a leader's window, one vote far ahead. Nothing else is excepted:
 * what the node proposes of its own accord waits among the proposals of callers.
 *
 * <p>Not judged here: the mailbox, which is the loop's, and what a promise tells a candidate.
 */
public final class Bounded implements Judge {
  private static final int SHARES_MAX = 4;
  private static final int DIGESTS_MAX = 32;
  private static final int SNAPSHOTS_MAX = 4;
  private static final int SMALL_BYTES = 100;

  /** Each session is looked at once in so many commands. */
  private static final int THOROUGH = 64;

  /** A bound that was reached, so that a world without this mark has shown nothing of it. */
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

  private final Bounds bounds;
  private final Settings settings;
  private final Consumer<Bound> reached;
  private final Map<Integer, Before> before = new HashMap<>();
  private final EnumSet<Bound> seen = EnumSet.noneOf(Bound.class);

  /** What was held of the newest after the last turn. */
  private record Before(int process, Kept feed, Kept past, long index) {}

  /** For nodes tuned so; {@code reached} is told of each bound that is reached, once. */
  public Bounded(Engine.Tuning tuning, Consumer<Bound> reached) {
    this.bounds = tuning.bounds();
    this.settings = tuning.settings();
    this.reached = reached;
  }

  @Override
  public void holds(Seat seat, Holdings held) {
    waiting(seat, held);
    kept(seat, held);
    core(seat, held.core());
    state(seat, held);
    Before last = before.get(seat.node());
    if (last != null && last.process == seat.process()) {
      reach(Bound.FEED_DROPPED, hasDropped(last.feed, held.feed()));
      reach(Bound.PAST_DROPPED, hasDropped(last.past, held.past()));
    }
    before.put(
        seat.node(), new Before(seat.process(), held.feed(), held.past(), held.state().index()));
  }

  private void waiting(Seat seat, Holdings held) {
    Load proposals = held.waiting().proposals();
    most(seat, "proposals", proposals.count(), bounds.pendingMax());
    most(seat, "bytes of proposals", proposals.bytes(), bounds.pendingBytesMax());
    most(seat, "duties", held.waiting().duties().count(), Turned.DUTIES_MAX);
    most(seat, "acknowledgements", held.waiting().acknowledgements(), bounds.pendingMax());
    most(seat, "reads", held.waiting().reads(), bounds.readsMax());
    most(seat, "shares", held.shares(), SHARES_MAX);
    reach(Bound.PENDING_FULL, proposals.count() == bounds.pendingMax());
    reach(Bound.PENDING_BYTES_FULL, proposals.bytes() + SMALL_BYTES > bounds.pendingBytesMax());
    reach(Bound.ACKNOWLEDGEMENTS_FULL, held.waiting().acknowledgements() == bounds.pendingMax());
    reach(Bound.READS_FULL, held.waiting().reads() == bounds.readsMax());
    reach(Bound.SHARES_FULL, held.shares() == SHARES_MAX);
  }

  private void kept(Seat seat, Holdings held) {
    if (held.feed().slots() > 1) {
      most(seat, "bytes in the feed", held.feed().load().bytes(), bounds.recentBytesMax());
    }
    if (held.past().slots() > 1) {
      most(seat, "states", held.past().load().count(), bounds.statesMax());
      most(seat, "bytes of states", held.past().load().bytes(), bounds.recentBytesMax());
    }
  }

  /** Whether the oldest is gone, and not because all is anew. */
  private static boolean hasDropped(Kept last, Kept now) {
    return last.oldest() < now.oldest() && now.oldest() <= last.newest();
  }

  private void core(Seat seat, Measured core) {
    most(seat, "open slots", core.window().count(), settings.windowSlots());
    // The others left room for the newest.
    long others = core.window().bytes() - core.newest();
    most(seat, "bytes of open slots", others, settings.windowBytesMax() - 1);
    most(seat, "bytes in the queue", core.queue().bytes(), settings.queueBytesMax());
    most(seat, "bytes of chosen slots", core.chosen().bytes(), settings.recentBytesMax());
    most(
        seat,
        "bytes of far votes",
        core.far().bytes() - core.farLargest(),
        settings.recentBytesMax() + 2 * settings.windowBytesMax());
    boolean waits = core.queue().count() > 0;
    boolean full = core.window().count() == settings.windowSlots();
    reach(Bound.WINDOW_FULL, waits && full);
    reach(Bound.WINDOW_BYTES_FULL, waits && core.window().bytes() >= settings.windowBytesMax());
    reach(Bound.QUEUE_FULL, core.queue().bytes() + SMALL_BYTES > settings.queueBytesMax());
  }

  private void state(Seat seat, Holdings held) {
    Before last = before.get(seat.node());
    long index = held.state().index();
    if (last != null && last.index == index) {
      return;
    }
    boolean thorough = last == null || last.index / THOROUGH != index / THOROUGH;
    String excess = thorough ? Weighed.excessOfAny(held.state()) : Weighed.excess(held.state());
    if (excess != null) {
      throw new Violation("I20", "node " + seat.node() + " has a state of " + excess);
    }
    Weighed weighed = Weighed.of(held.state());
    most(seat, "digests of a copy", weighed.digests(), DIGESTS_MAX);
    most(seat, "snapshots of a consumer", weighed.snapshots(), SNAPSHOTS_MAX);
    reach(Bound.SNAPSHOTS_FULL, weighed.snapshots() == SNAPSHOTS_MAX);
  }

  private static void most(Seat seat, String what, long held, long max) {
    if (held > max) {
      throw new Violation(
          "I20", "node " + seat.node() + " holds " + held + " " + what + ", at most " + max);
    }
  }

  private void reach(Bound bound, boolean now) {
    if (now && seen.add(bound)) {
      reached.accept(bound);
    }
  }
}
