package io.synod.sim.recovery;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.fault.Healing;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import org.jspecify.annotations.Nullable;

/**
 * Checks I19 after the process of the leader was killed, while its host refuses connections: the
 * others do not wait for the election time-out, and elect a leader within half of it.
 */
final class KilledLeader {
  private static final long TURNS_NANOS = 60_000_000L;

  private final World world;
  private final Healing healing;
  private final BoundedWait wait;
  private final Convergence convergence;
  private final long timeout;

  KilledLeader(World world, Healing healing, BoundedWait wait) {
    this.world = world;
    this.healing = healing;
    this.wait = wait;
    this.convergence = new Convergence(world);
    this.timeout = world.profile().settings.electionTimeoutNanos();
  }

  /** Kills the leader of a cluster that has recovered, if the others are a quorum. */
  void run() {
    // Messages of the leader that wait at a node whose disk hung would be taken for new ones.
    world.eventQueue().runUntil(world.now() + timeout);
    Host killed = victim();
    if (killed == null) {
      return;
    }
    healing.kill(killed);
    killed.serve(false);
    wait.await("a leader after the last was killed", bound(), convergence::hasLeader);
    world.mark(CoverageMark.KILLED_LEADER_REPLACED);
    healing.start(killed);
    killed.serve(true);
    wait.await("agreement after a leader was killed", 10 * timeout, convergence::hasConverged);
  }

  private long bound() {
    return timeout / 2 + TURNS_NANOS;
  }

  private @Nullable Host victim() {
    Host leader = null;
    int able = 0;
    for (Host host : world.hosts()) {
      if (host.voter && !host.isForgotten() && host.isUp()) {
        able++;
        leader = Convergence.isLeader(host) ? host : leader;
      }
    }
    return able > world.profile().voters / 2 + 1 ? leader : null;
  }
}
