package io.synod.sim.fault;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultKind;
import java.util.HashSet;
import java.util.Set;

/** Alters the states of running processes in memory, each host's at most once in a run. */
final class StateNemesis {
  private final World world;
  private final DiskNemesis diskNemesis;
  // A second time, the pause before the state is taken anew may be longer than the run.
  private final Set<Host> altered = new HashSet<>();

  StateNemesis(World world, DiskNemesis diskNemesis) {
    this.world = world;
    this.diskNemesis = diskNemesis;
  }

  /** Changes a bit of the state in memory; a quorum of voters keeps the right one. */
  void alter(Host host) {
    SimulatedProcess process = host.process();
    if (process == null || process.node().appliedSlot() == 0) {
      return;
    }
    // A voter that reports a wrong digest is no part of the quorum that has the right state.
    boolean quorumStays =
        world.profile().voters > 2 && !world.profile().has(FaultKind.WRONG_DIGEST);
    if (quorumStays && diskNemesis.maySpoil(host) && altered.add(host)) {
      host.observedNode.alter();
      process.node().alterState();
      world.mark(CoverageMark.STATE_ALTERED);
    }
  }
}
