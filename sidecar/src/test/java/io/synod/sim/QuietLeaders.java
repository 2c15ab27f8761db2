package io.synod.sim;

import io.synod.sim.check.Stability;

/** Which leader nothing was done to for a while, nor to those who hear it. */
record QuietLeaders(World world) implements Stability.Ground {

  @Override
  public int undisturbedLeader() {
    FaultProfile profile = world.profile();
    long since = world.now() - 4 * profile.settings.electionTimeoutNanos();
    int quorum = profile.voters / 2 + 1;
    for (Host leader : world.hosts()) {
      if (leader.isUp() && leader.leaderSince < since && leader.healthySince < since) {
        int hearing = 0;
        for (Host voter : world.hosts()) {
          boolean linked =
              voter == leader || world.network().cleanSince(leader.node, voter.node) < since;
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
