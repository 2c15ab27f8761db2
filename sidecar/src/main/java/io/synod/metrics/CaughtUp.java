package io.synod.metrics;

import io.synod.paxos.View;
import io.synod.runtime.node.NodeStatus;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether this node keeps up with the chosen slots that its connected peers report. A goal is set
 * to what they report; the node keeps up as long as it reaches each goal within {@link
 * #PATIENCE_NANOS}. Disconnected peers set no goal, so a partitioned node counts as caught up.
 *
 * <p>After a start it waits until every peer was connected, or {@link #SETTLE_NANOS} are over,
 * since before that it cannot know that it is behind. Any thread may call it.
 */
final class CaughtUp {
  static final long PATIENCE_NANOS = 10_000_000_000L;
  static final long SETTLE_NANOS = 3_000_000_000L;

  private final AtomicReference<Goal> goal = new AtomicReference<>(Goal.NONE);

  /** Updates the goal from this status, and returns whether the node keeps up. */
  boolean check(NodeStatus status, long nowNanos) {
    return goal.updateAndGet(last -> last.next(status, nowNanos)).kept;
  }

  /** The slot to reach, since when, and whether the previous goal was reached in time. */
  private record Goal(boolean begun, boolean settled, long slot, long sinceNanos, boolean kept) {
    static final Goal NONE = new Goal(false, false, 0, 0, false);

    Goal next(NodeStatus status, long nowNanos) {
      if (!begun) {
        return new Goal(true, false, 0, nowNanos, false).next(status, nowNanos);
      }
      if (!settled) {
        boolean allConnected = status.peers().stream().allMatch(View.Peer::connected);
        return allConnected || nowNanos - sinceNanos >= SETTLE_NANOS
            ? new Goal(true, true, known(status), nowNanos, false).next(status, nowNanos)
            : this;
      }
      if (status.appliedSlot() >= slot) {
        return new Goal(true, true, known(status), nowNanos, true);
      }
      // No connected peer has the missing slots.
      if (status.appliedSlot() >= known(status)) {
        return new Goal(true, true, known(status), nowNanos, true);
      }
      boolean late = nowNanos - sinceNanos > PATIENCE_NANOS;
      return new Goal(true, true, slot, sinceNanos, kept && !late);
    }

    private static long known(NodeStatus status) {
      return status.peers().stream()
          .filter(View.Peer::connected)
          .mapToLong(View.Peer::chosenThrough)
          .max()
          .orElse(0);
    }
  }
}
