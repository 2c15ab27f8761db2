package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.core.Checkers;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.state.Level;
import java.util.ArrayList;
import java.util.List;

/** A simulated machine: its disk, its clock, and what the simulator knows of its node. */
public class SimulatedMachine {
  public final int node;
  public final boolean voter;
  public final ObservedNode observedNode;
  public final FaultyDisk disk;
  public final MemorySegmentStore archive;
  public final HostClock clock;
  // The inputs that arrived since the last turn.
  List<Input> inbox = new ArrayList<>();
  long incarnation;
  // The highest level that the version supports which is installed there.
  int supportedLevel = Level.supported();
  // The longest chosen prefix that its disk ever held.
  long chosenEver;
  // How often a peer's snapshot replaced its state.
  long installs;
  // Whether a peer's snapshot replaced the state of the current process.
  boolean isRestored;
  // Since when no fault has been injected into it.
  long healthySince;
  long leaderSince = Long.MAX_VALUE;

  SimulatedMachine(int node, boolean voter, EventQueue eventQueue, Checkers checkers, Rng rng) {
    this.node = node;
    this.voter = voter;
    this.observedNode = new ObservedNode(node);
    this.archive =
        new MemorySegmentStore(
            now -> checkers.kept(observedNode, now.span().first(), now.snapshot()));
    this.disk = new FaultyDisk("disk-" + node, rng.fork(), DiskFaults.NONE);
    this.clock = new HostClock(eventQueue, rng);
    this.incarnation = newIncarnation(rng);
  }

  /** Installs a version that supports the next level; the next process is of that version. */
  public void upgrade() {
    supportedLevel = Level.supported() + 1;
  }

  /** The highest level that the version supports which is installed there. */
  public int supportedLevel() {
    return supportedLevel;
  }

  /** How often a peer's snapshot replaced its state. */
  public long installs() {
    return installs;
  }

  /** Since when its process leads; {@code Long.MAX_VALUE} if it does not. */
  public long leaderSince() {
    return leaderSince;
  }

  /** Whether its process led at the end of its last turn. */
  public boolean leads() {
    return leaderSince != Long.MAX_VALUE;
  }

  static long newIncarnation(Rng rng) {
    return rng.nextLong() | 1;
  }
}
