package io.synod.sim.cluster;

import io.synod.paxos.value.Member;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.core.Checkers;
import io.synod.sim.disk.Rng;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine and the process on it, if one runs. */
public final class Host extends SimulatedMachine {
  @Nullable public SimulatedProcess process;
  // The threads of that process beside its loop.
  final List<BackgroundThread> background = new ArrayList<>();
  // The process is busy or paused until this time, and takes no turn before.
  public long busyUntil;
  // When its last turn ends, by the time that passed within it.
  public long turnEnds;
  // When the last complete turn began.
  long turnBegan;
  // When the next turn is scheduled, and the number of its event; other events are void.
  long turnAt = Long.MAX_VALUE;
  long booking;
  // When its last process started.
  long startedAt;
  // Its process cannot start from its disk any more; the disk must be wiped.
  boolean ruined;
  // Bits of its disk have changed.
  boolean rotten;
  // Bits of a snapshot of the replicated state have changed.
  boolean rottenSnapshot;
  private final ChosenLog chosenLog;
  // Its disk was lost.
  boolean forgotten;
  boolean turning;
  // Whether the last process left a torn write.
  boolean torn;
  // How long its next sync hangs; 0 if it does not.
  long hangNanos;
  // Whether clients use it.
  boolean served = true;
  // The highest index that any of its processes acknowledged.
  long ackedIndex;

  public Host(int node, boolean voter, EventQueue eventQueue, Checkers checkers, Rng rng) {
    super(node, voter, eventQueue, checkers, rng);
    this.chosenLog = checkers.chosenLog();
  }

  /** The process on it; null if none runs. */
  @Nullable
  public SimulatedProcess process() {
    return process;
  }

  /** When its last process started. */
  public long startedAt() {
    return startedAt;
  }

  /** When the last complete turn began. */
  public long turnBegan() {
    return turnBegan;
  }

  /** When its last turn ends. */
  public long turnEnds() {
    return turnEnds;
  }

  /** Pauses the process until this time; a turn that is under way is not prolonged. */
  public void pause(long until) {
    busyUntil = Math.max(busyUntil, until);
    healthySince = busyUntil;
  }

  /** Ends a pause. */
  public void goOn(long now) {
    busyUntil = Math.min(busyUntil, Math.max(turnEnds, now));
  }

  /** Lets delayed tasks of its background threads run soon. */
  public void hurry() {
    background.forEach(BackgroundThread::hurry);
  }

  /** Makes its next sync hang for this long. */
  public void hang(long nanos) {
    hangNanos = nanos;
  }

  /** Whether the hanging sync is still to come. */
  public boolean willHang() {
    return hangNanos > 0;
  }

  /** Whether clients use it. */
  public boolean isServed() {
    return served;
  }

  public void serve(boolean serves) {
    served = serves;
  }

  /** A process on it acknowledged this index. */
  public void acknowledged(long index) {
    ackedIndex = Math.max(ackedIndex, index);
  }

  /** The highest index that any of its processes acknowledged. */
  public long ackedIndex() {
    return ackedIndex;
  }

  /** Replaces its disk by an empty one. */
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

  /** Notes that bits of its disk have changed. */
  public void rot() {
    rotten = true;
  }

  /** Notes that bits of a snapshot of the replicated state have changed. */
  public void rotSnapshot() {
    rottenSnapshot = true;
  }

  public boolean isRotten() {
    return rotten;
  }

  /** Whether its process cannot start from its disk any more. */
  public boolean isRuined() {
    return ruined;
  }

  /** Whether its disk was lost at any time. */
  public boolean wasForgotten() {
    return forgotten;
  }

  /**
   * Whether its disk was lost and the new one is not a voter yet: not of the first slot that is not
   * chosen.
   */
  public boolean isForgotten() {
    return forgotten && !chosenLog.votersBySlot().of(chosenLog.prefix() + 1).contains(member());
  }

  /** Whether its disk was lost, and the new one is not a voter of every slot that is not chosen. */
  public boolean hasLostVote() {
    return hasLostVote(chosenLog.prefix());
  }

  /** Whether its disk was lost, and the new one is not a voter of every slot after this one. */
  public boolean hasLostVote(long through) {
    return forgotten
        && !chosenLog.votersBySlot().from(through + 1).stream()
            .allMatch(voters -> voters.contains(member()));
  }

  private Member member() {
    return new Member(node, incarnation);
  }

  /** Whether its vote is lost, or may be lost at the next start, or its state may be wrong. */
  public boolean isSpoilt() {
    return hasLostVote() || rotten || rottenSnapshot || ruined || observedNode.isWrong();
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
        + (isForgotten() ? ", forgotten" : "")
        + ", busy until "
        + busyUntil / 1_000_000;
  }
}
