package io.synod.sim;

import io.synod.paxos.View;
import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Dice;
import org.jspecify.annotations.Nullable;

/**
 * I19 while a disk hangs: a sync takes many election time-outs, and then succeeds. As long as a
 * quorum of voters has disks that work, the others have a leader within four time-outs, and write.
 * What the node with the hung disk vowed meanwhile is held against its platter as ever.
 */
final class HungDisk {
  private static final int LONG_HANG_ONE_IN = 8;

  private final World world;
  private final Recovery recovery;
  private final Dice dice;
  private final long timeout;

  HungDisk(World world, Recovery recovery, Dice dice) {
    this.world = world;
    this.recovery = recovery;
    this.dice = dice;
    this.timeout = world.weather().settings.electionTimeoutNanos();
  }

  /** In a world that has recovered: hangs the disk of a voter, mostly of the leader. */
  void run() {
    Host hung = victim();
    if (hung == null) {
      return;
    }
    boolean led = isLeader(hung);
    hung.hangNanos = timeout * (dice.below(LONG_HANG_ONE_IN) == 0 ? 120 : dice.between(8, 30));
    hung.served = false;
    LastWord first = new LastWord(world.crowd(), dice.fork());
    first.say();
    recovery.await("a sync at node " + hung.node, 10 * timeout, () -> hung.hangNanos == 0);
    world.tell(() -> "the disk of node " + hung.node + " hangs until " + hung.turnEnds);
    recovery.await("a leader whose disk works", 4 * timeout + 200_000_000L, this::othersLead);
    recovery.await("an outcome while a disk hangs", 12 * timeout, first::isIdle);
    long before = world.court().ghost().commands();
    LastWord second = new LastWord(world.crowd(), dice.fork());
    second.say();
    recovery.await("a write while a disk hangs", 12 * timeout, second::isIdle);
    if (world.court().ghost().commands() == before) {
      throw new Violation("I19", "nothing is chosen while a disk hangs");
    }
    if (led && isHanging(hung)) {
      world.mark(Mark.LEADER_REPLACED_WHILE_ITS_DISK_HANGS);
    }
    world.runUntil(Math.max(world.now(), hung.turnEnds));
    hung.served = true;
    recovery.await("agreement after a disk hung", 10 * timeout, recovery::hasConverged);
  }

  /** A voter without which there is a quorum still; null if there is none. */
  private @Nullable Host victim() {
    boolean follower = dice.below(4) == 0;
    Host victim = null;
    int able = 0;
    for (Host host : world.hosts()) {
      if (host.voter && !host.forgotten && host.isUp()) {
        able++;
        victim = isLeader(host) != follower ? host : victim;
      }
    }
    return able > world.weather().voters / 2 + 1 ? victim : null;
  }

  private boolean isHanging(Host host) {
    return host.turnEnds > world.now();
  }

  private boolean othersLead() {
    return world.hosts().stream().anyMatch(host -> !isHanging(host) && isLeader(host));
  }

  private static boolean isLeader(Host host) {
    Instance process = host.process;
    return process != null && process.turned().view().role() == View.Role.LEADER;
  }
}
