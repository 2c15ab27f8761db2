package io.synod.sim.recovery;

import io.synod.paxos.View;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks I19 for reported availability: once nothing changes any more, each node reports correctly
 * which voters it reaches, which votes are lost and whether commands can be chosen. The truth is
 * taken from the simulator's disks and links, not from nodes.
 */
record ReportedAvailability(World world) {

  /** Whether every node's report is true. */
  boolean isTrue() {
    for (Host host : world.hosts()) {
      SimulatedProcess process = host.process();
      if (process == null || !isTrue(host, process)) {
        return false;
      }
    }
    return true;
  }

  private boolean isTrue(Host host, SimulatedProcess process) {
    NodeStatus status = process.node().node().inspection().status();
    Availability reported = status.availability();
    List<Integer> lost = new ArrayList<>();
    List<Integer> missing = new ArrayList<>();
    int reachable = 0;
    int replaced = 0;
    for (Host voter : world.hosts()) {
      if (!voter.voter) {
        continue;
      }
      boolean linked = voter == host || carriesBothWays(host, voter);
      if (hasLostItsVote(voter) && linked) {
        lost.add(voter.node);
      } else if (linked) {
        reachable++;
        replaced += voter.wasForgotten() ? 1 : 0;
      } else {
        missing.add(voter.node);
      }
    }
    // A node that is cut off cannot know that a lost disk was replaced.
    int unknown = host.isServed() ? 0 : replaced;
    boolean agrees = reported.votes().reachable() == status.reachable();
    int least = reachable - unknown;
    if (!agrees || status.reachable() < least || status.reachable() > reachable) {
      return false;
    }
    // A lost vote may stay known when its node is no longer reached.
    boolean reports = reported.votes().lost().containsAll(lost);
    for (int node : reported.votes().lost()) {
      Host voter = world.host(node);
      reports &= hasLostItsVote(voter) || (!host.isServed() && voter.wasForgotten());
    }
    return reports && isReason(host, reported, missing);
  }

  private boolean isReason(Host host, Availability reported, List<Integer> missing) {
    if (host.isServed()) {
      boolean leads = reported.isAvailable() && reported.nodes().size() == 1;
      return leads && isInOffice(world.host(reported.nodes().get(0)));
    }
    return reported.reason() == Availability.Reason.NO_QUORUM
        && missing.containsAll(reported.nodes());
  }

  /** Whether the node leads, or follows a leader to which it forwards proposals. */
  private static boolean isInOffice(Host host) {
    SimulatedProcess process = host.process();
    if (process == null) {
      return false;
    }
    View view = process.node().view();
    return view.role() == View.Role.LEADER || !view.leader().isNone();
  }

  private static boolean hasLostItsVote(Host voter) {
    return voter.isForgotten();
  }

  private boolean carriesBothWays(Host one, Host other) {
    return world.network().carries(one.node, other.node)
        && world.network().carries(other.node, one.node);
  }
}
