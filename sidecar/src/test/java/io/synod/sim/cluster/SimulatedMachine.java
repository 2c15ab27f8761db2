package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.core.Checkers;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import java.util.ArrayList;
import java.util.List;

/** One machine: its disk, its clock, and what is known of the node that it is. */
public class SimulatedMachine {
  public final int node;
  public final boolean voter;
  public final ObservedNode observedNode;
  public final FaultyDisk disk;
  public final MemorySegmentStore archive;
  public final HostClock clock;
  // What arrived, and no turn has taken yet.
  List<Input> inbox = new ArrayList<>();
  long incarnation;
  // The longest chosen prefix that its disk ever knew.
  long chosenEver;
  // How often its state was replaced by a peer's snapshot.
  long installs;
  // Whether that happened to the process that runs.
  boolean isRestored;
  // Since when nothing was done to it.
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

  /** How often its state was replaced by a peer's snapshot. */
  public long installs() {
    return installs;
  }

  /** Since when its process leads; the largest number if it does not. */
  public long leaderSince() {
    return leaderSince;
  }

  /** Whether its process leads, as far as its last turn told. */
  public boolean leads() {
    return leaderSince != Long.MAX_VALUE;
  }

  static long newIncarnation(Rng rng) {
    return rng.nextLong() | 1;
  }
}
