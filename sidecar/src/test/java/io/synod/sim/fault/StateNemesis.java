package io.synod.sim.fault;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultKind;
import java.util.HashMap;
import java.util.Map;

/**
 * Alters the states of running processes in memory, each host's at most twice in a run: the pause
 * before the state is taken anew a third time may be longer than the run.
 */
final class StateNemesis {
  private static final int ALTERATIONS_MAX = 2;

  private final World world;
  private final DiskNemesis diskNemesis;
  private final Map<Host, Integer> alterations = new HashMap<>();

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
    int before = alterations.getOrDefault(host, 0);
    if (quorumStays
        && before < ALTERATIONS_MAX
        && !host.observedNode.isWrong()
        && diskNemesis.maySpoil(host)) {
      alterations.put(host, before + 1);
      host.observedNode.alter();
      process.node().alterState();
      world.mark(before == 0 ? CoverageMark.STATE_ALTERED : CoverageMark.STATE_ALTERED_AGAIN);
    }
  }
}
