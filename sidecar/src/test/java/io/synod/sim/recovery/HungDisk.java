package io.synod.sim.recovery;

import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.workload.FinalWrite;
import io.synod.sim.workload.Workload;
import org.jspecify.annotations.Nullable;

/**
 * Checks I19 while a sync of one voter hangs for many election time-outs and then succeeds. While a
 * quorum of voters has working disks, the others elect a leader within four time-outs, and writes
 * succeed. As at any time, the checkers compare what the node sends with its disk.
 */
final class HungDisk {
  private static final int LONG_HANG_ONE_IN = 8;

  private final World world;
  private final Workload workload;
  private final BoundedWait wait;
  private final Convergence convergence;
  private final Rng rng;
  private final long timeout;

  HungDisk(Workload workload, BoundedWait wait, Rng rng) {
    this.world = workload.world();
    this.workload = workload;
    this.wait = wait;
    this.convergence = new Convergence(world);
    this.rng = rng;
    this.timeout = world.profile().settings.electionTimeoutNanos();
  }

  /** Hangs the disk of a voter, mostly of the leader, in a cluster that has recovered. */
  void run() {
    Host hung = victim();
    if (hung == null) {
      return;
    }
    boolean led = Convergence.isLeader(hung);
    hung.hang(timeout * (rng.below(LONG_HANG_ONE_IN) == 0 ? 120 : rng.between(8, 30)));
    hung.serve(false);
    FinalWrite first = new FinalWrite(workload, rng.fork());
    first.write();
    wait.await("a sync at node " + hung.node, 10 * timeout, () -> !hung.willHang());
    world.trace(() -> "the disk of node " + hung.node + " hangs until " + hung.turnEnds());
    wait.await("a leader whose disk works", 4 * timeout + 200_000_000L, this::othersLead);
    wait.await("an outcome while a disk hangs", 12 * timeout, first::isIdle);
    long before = world.checkers().chosenLog().commands();
    FinalWrite second = new FinalWrite(workload, rng.fork());
    second.write();
    wait.await("a write while a disk hangs", 12 * timeout, second::isIdle);
    if (world.checkers().chosenLog().commands() == before) {
      throw new Violation("I19", "nothing is chosen while a disk hangs");
    }
    if (led && isHanging(hung)) {
      world.mark(CoverageMark.LEADER_REPLACED_WHILE_ITS_DISK_HANGS);
    }
    world.eventQueue().runUntil(Math.max(world.now(), hung.turnEnds()));
    hung.serve(true);
    wait.await("agreement after a disk hung", 10 * timeout, convergence::hasConverged);
  }

  /** A voter that is not needed for a quorum; null if there is none. */
  private @Nullable Host victim() {
    boolean follower = rng.below(4) == 0;
    Host victim = null;
    int able = 0;
    for (Host host : world.hosts()) {
      if (host.voter && !host.isForgotten() && host.isUp()) {
        able++;
        victim = Convergence.isLeader(host) != follower ? host : victim;
      }
    }
    return able > world.profile().voters / 2 + 1 ? victim : null;
  }

  private boolean isHanging(Host host) {
    return host.turnEnds() > world.now();
  }

  private boolean othersLead() {
    return world.hosts().stream().anyMatch(host -> !isHanging(host) && Convergence.isLeader(host));
  }
}
