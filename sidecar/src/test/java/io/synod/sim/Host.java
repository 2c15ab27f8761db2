package io.synod.sim;

import io.synod.sim.check.Checkers;
import io.synod.sim.disk.Rng;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine and the process that runs on it, if one does. */
final class Host extends SimulatedMachine {
  @Nullable SimulatedProcess process;
  // What that process does beside its loop.
  final List<BackgroundThread> background = new ArrayList<>();
  // No turn before this: the process is busy or stands still.
  long busyUntil;
  // When its last turn is over, by the clock that this turn saw.
  long turnEnds;
  // When the last turn that came to its end began.
  long turnBegan;
  // When the next turn is booked; bookings with another number are void.
  long turnAt = Long.MAX_VALUE;
  long booking;
  // When its last process began.
  long startedAt;
  // It cannot come back with the disk it has: only a wipe helps.
  boolean ruined;
  // Something on its disk changed by itself.
  boolean rotten;
  // So did a snapshot of the replicated state.
  boolean rottenSnapshot;
  // Its disk was lost once, so it is no voter any more.
  boolean forgotten;
  boolean turning;
  // Whether the last process left a write in parts.
  boolean torn;
  // How long its next sync takes; 0 if as long as any.
  long hangNanos;
  // Whether callers use it.
  boolean served = true;
  // The highest index that any of its processes acknowledged.
  long ackedIndex;

  Host(int node, boolean voter, EventQueue eventQueue, Checkers checkers, Rng rng) {
    super(node, voter, eventQueue, checkers, rng);
  }

  /** Whether it may never come back with the disk it had. */
  boolean isSpoilt() {
    return forgotten || rotten || rottenSnapshot || ruined;
  }

  boolean isUp() {
    return process != null;
  }

  @Override
  public String toString() {
    SimulatedProcess running = process;
    return "node "
        + node
        + (running == null ? " is down" : " " + running.node().view())
        + ", applied "
        + (running == null ? 0 : running.node().appliedSlot())
        + (ruined ? ", ruined" : "")
        + (rotten ? ", rotten" : "")
        + (forgotten ? ", forgotten" : "")
        + ", busy until "
        + busyUntil / 1_000_000;
  }
}
