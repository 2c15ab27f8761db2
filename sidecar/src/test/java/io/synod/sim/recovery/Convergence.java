package io.synod.sim.recovery;

import io.synod.paxos.View;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.state.Level;
import java.util.List;

/**
 * The progress of the cluster towards convergence, by what its processes show: a leader, and the
 * same log.
 */
record Convergence(World world) {

  /** Whether a process that clients can reach leads. */
  boolean hasLeader() {
    return world.hosts().stream().anyMatch(host -> host.isServed() && isLeader(host));
  }

  /** Whether the process on this host leads. */
  static boolean isLeader(Host host) {
    SimulatedProcess process = host.process();
    return process != null && process.node().view().role() == View.Role.LEADER;
  }

  /** Whether every host that clients can reach has applied everything that is chosen. */
  boolean hasConverged() {
    long through = world.checkers().chosenLog().prefix();
    List<Host> hosts = world.hosts();
    return world.checkers().chosenLog().chosenCount() == through
        && hosts.stream().allMatch(host -> !host.isServed() || hasApplied(host, through));
  }

  /** Whether every node has the highest level that all nodes support. */
  boolean hasCommonLevel() {
    int common = Integer.MAX_VALUE;
    for (Host host : world.hosts()) {
      common = Math.min(common, host.supportedLevel());
    }
    for (Host host : world.hosts()) {
      SimulatedProcess process = host.process();
      if (process == null || process.requiredLevel() != (common == Level.FIRST ? 0 : common)) {
        return false;
      }
    }
    return true;
  }

  /** Whether every voter's disk votes, also where it replaced one that was lost. */
  boolean hasAllVotes() {
    return world.hosts().stream().allMatch(host -> !host.voter || !host.hasLostVote());
  }

  private static boolean hasApplied(Host host, long through) {
    SimulatedProcess process = host.process();
    // A node in quarantine applies nothing; Recovery waits for the end of that, while one is due.
    return process != null
        && (process.node().node().reads().isQuarantined()
            || process.node().appliedSlot() == through);
  }
}
