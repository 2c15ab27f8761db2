package io.synod.sim.cluster;

import io.synod.sim.check.core.Stability;
import io.synod.sim.run.FaultProfile;
import java.util.List;

/**
 * Finds a leader that has been connected to a quorum of voters without any fault for several
 * election time-outs.
 */
public record QuietLeaders(
    EventQueue eventQueue, FaultProfile profile, List<Host> hosts, Network network)
    implements Stability.Ground {

  @Override
  public int undisturbedLeader() {
    long since = eventQueue.now() - 4 * profile.settings.electionTimeoutNanos();
    int quorum = profile.voters / 2 + 1;
    for (Host leader : hosts) {
      if (leader.isUp() && leader.leaderSince < since && leader.healthySince < since) {
        int hearing = 0;
        for (Host voter : hosts) {
          boolean linked = voter == leader || network.cleanSince(leader.node, voter.node) < since;
          if (voter.voter && voter.isUp() && voter.healthySince < since && linked) {
            hearing++;
          }
        }
        if (hearing >= quorum) {
          return leader.node;
        }
      }
    }
    return 0;
  }
}
