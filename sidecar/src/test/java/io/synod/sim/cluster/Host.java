package io.synod.sim.cluster;

import io.synod.sim.check.core.Checkers;
import io.synod.sim.disk.Rng;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine and the process that runs on it, if one does. */
public final class Host extends SimulatedMachine {
  @Nullable public SimulatedProcess process;
  // What that process does beside its loop.
  final List<BackgroundThread> background = new ArrayList<>();
  // No turn before this: the process is busy or stands still.
  public long busyUntil;
  // When its last turn is over, by the clock that this turn saw.
  public long turnEnds;
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

  public Host(int node, boolean voter, EventQueue eventQueue, Checkers checkers, Rng rng) {
    super(node, voter, eventQueue, checkers, rng);
  }

  /** What runs on it; null if nothing does. */
  @Nullable
  public SimulatedProcess process() {
    return process;
  }

  /** When its last process began. */
  public long startedAt() {
    return startedAt;
  }

  /** When the last turn that came to its end began. */
  public long turnBegan() {
    return turnBegan;
  }

  /** When its last turn is over, by the clock that this turn saw. */
  public long turnEnds() {
    return turnEnds;
  }

  /** No turn happens before then; what it does already takes as long as it takes. */
  public void pause(long until) {
    busyUntil = Math.max(busyUntil, until);
    healthySince = busyUntil;
  }

  /** No pause lasts any longer. */
  public void goOn(long now) {
    busyUntil = Math.min(busyUntil, Math.max(turnEnds, now));
  }

  /** What its process does beside its loop comes soon. */
  public void hurry() {
    background.forEach(BackgroundThread::hurry);
  }

  /** Its next sync takes so long. */
  public void hang(long nanos) {
    hangNanos = nanos;
  }

  /** Whether the sync that takes long is still to come. */
  public boolean willHang() {
    return hangNanos > 0;
  }

  /** Whether callers use it. */
  public boolean isServed() {
    return served;
  }

  public void serve(boolean serves) {
    served = serves;
  }

  /** One of its processes acknowledged this index. */
  public void acknowledged(long index) {
    ackedIndex = Math.max(ackedIndex, index);
  }

  /** The highest index that any of its processes acknowledged. */
  public long ackedIndex() {
    return ackedIndex;
  }

  /** Another disk takes the place of its own. */
  public void loseDisk(Rng rng) {
    disk.wipe();
    archive.wipe();
    incarnation = newIncarnation(rng);
    forgotten = true;
    ruined = false;
    rotten = false;
    rottenSnapshot = false;
    chosenEver = 0;
  }

  /** Something on its disk changed by itself. */
  public void rot() {
    rotten = true;
  }

  /** So did a snapshot of the replicated state. */
  public void rotSnapshot() {
    rottenSnapshot = true;
  }

  public boolean isRotten() {
    return rotten;
  }

  /** Whether it cannot come back with the disk it has. */
  public boolean isRuined() {
    return ruined;
  }

  /** Whether its disk was lost once, so that it is no voter any more. */
  public boolean isForgotten() {
    return forgotten;
  }

  /** Whether it may never come back with the disk it had. */
  public boolean isSpoilt() {
    return forgotten || rotten || rottenSnapshot || ruined;
  }

  public boolean isUp() {
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
