package io.synod.sim;

import io.synod.paxos.View;
import io.synod.runtime.node.Node;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.Rng;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * I19: once nothing goes wrong any more and a core of voters is connected to a quorum, there is a
 * leader within four election time-outs; what callers want is done, and the core converges.
 */
final class Recovery {
  private static final long STEP_NANOS = 50_000_000L;
  private static final long STUCK_NANOS = 10_000_000L;
  private static final int HUNG_DISK_ONE_IN = 4;

  private final World world;
  private final Rng rng;
  private final long timeout;

  Recovery(World world, Rng rng) {
    this.world = world;
    this.rng = rng;
    this.timeout = world.profile().settings.electionTimeoutNanos();
  }

  void run() {
    calm();
    // It is tried again once a second, and at the next turn what waited is written.
    await("the use of room on a disk", 2_000_000_000L + timeout, this::nothingWaitsForRoom);
    // Four time-outs, and what it takes to open the disks and for the last turn to end.
    await("a leader", 4 * timeout + 200_000_000L, this::hasLeader);
    world.runUntil(world.now() + timeout);
    world.workload().rest();
    await("every caller's answer", 12 * timeout, () -> world.workload().isIdle());
    // Some opened a session just now, and let it go.
    world.workload().rest();
    // No pair lives longer than six time-outs of log time, which may stand during an election.
    await("the expiry of every pair", 10 * timeout, this::nothingExpires);
    await("the end of every session that nobody keeps", 10 * timeout, this::nobodyIsKept);
    FinalWrite last = new FinalWrite(world.workload(), rng.fork());
    last.say();
    await("a write", 10 * timeout, last::isIdle);
    await("agreement of the core", 10 * timeout, this::hasConverged);
    await("a seal that found no room", 10 * timeout + 2_000_000_000L, this::nothingIsOwed);
    ReportedAvailability told = new ReportedAvailability(world);
    await("what nodes say to be so", 4 * timeout, told::isTrue);
    world.network().heal(world.now());
    for (Host host : world.hosts()) {
      host.served = true;
    }
    world.processes().diskNemesis().rotUnseen();
    AppSnapshotRecord handed = new AppSnapshotRecord(world);
    // A node looks for what it lacks at a pace of its own, one thing after another.
    await("what was handed over", 10 * timeout + 10_000_000_000L, handed::isEverywhere);
    // Digests are said once a second.
    await("snapshots while a quorum agrees", 5_000_000_000L, world.trimming()::goesOn);
    await("what all say to be so", 4 * timeout, told::isTrue);
    await("agreement of all", 10 * timeout, this::hasConverged);
    if (world.profile().bandwidth.isLimited()) {
      new Saturation(world, this, rng.fork()).run();
      await("agreement after the load", 10 * timeout, this::hasConverged);
    }
    if (rng.below(HUNG_DISK_ONE_IN) == 0) {
      new HungDisk(world, this, rng.fork()).run();
    }
  }

  private void calm() {
    world.network().heal(world.now());
    world.profile().clocks.mend(world.hosts());
    boolean formed = true;
    for (Host host : world.hosts()) {
      host.disk.faults(DiskFaults.NONE);
      host.disk.full(false);
      host.archive.full(false);
      if (host.turnEnds > world.now() + STUCK_NANOS) {
        // Its disk is stuck. No clock may run back, so it cannot simply go on.
        world.processes().kill(host);
      }
      host.busyUntil = Math.min(host.busyUntil, Math.max(host.turnEnds, world.now()));
      SimulatedProcess process = host.process;
      if (process != null) {
        process.effects.endAt(Long.MAX_VALUE);
        host.background.forEach(BackgroundThread::hurry);
        world.bookTurn(host, world.now());
      } else if (host.ruined) {
        world.processes().diskNemesis().wipe(host);
      }
      world.processes().start(host);
      if (host.ruined) {
        world.processes().diskNemesis().wipe(host);
        world.processes().start(host);
      }
      formed &= !host.voter || host.forgotten || host.observedNode.durable().formed();
    }
    if (formed) {
      shape();
    }
  }

  /** Heals all, or only what a quorum needs. */
  private void shape() {
    List<Host> able = new ArrayList<>();
    for (Host host : world.hosts()) {
      if (host.voter && !host.forgotten && host.isUp()) {
        able.add(host);
      }
    }
    int quorum = world.profile().voters / 2 + 1;
    int form = rng.below(4);
    if (form == 0) {
      Host hub = able.get(rng.below(able.size()));
      world.network().star(hub.node);
      world.tell(() -> "calm: all hear node " + hub.node);
    } else if (form == 1) {
      // A disk that is spoilt is a fault as a cut is: together they leave a quorum of sound ones.
      int sound = (int) able.stream().filter(host -> !host.isSpoilt()).count();
      while (able.size() > quorum) {
        Host left = able.remove(rng.below(able.size()));
        sound -= left.isSpoilt() ? 0 : 1;
        if (sound < quorum && !left.isSpoilt()) {
          break;
        }
        world.network().isolate(left.node);
        left.served = false;
        world.tell(() -> "calm: node " + left.node + " stays cut off");
      }
    } else {
      world.tell(() -> "calm: all is well");
    }
  }

  void await(String what, long patience, BooleanSupplier done) {
    long since = world.now();
    while (!done.getAsBoolean()) {
      // A process that came back in the calm has its time too, but not for ever.
      long begun = Math.min(Math.max(since, world.processes().lastStart()), since + patience);
      if (world.now() >= begun + patience) {
        throw new Violation("I19", what + " was awaited for " + patience / 1_000_000 + " ms");
      }
      // Not at a steady pace: what recurs at the same one would be met at the same moment for ever.
      world.runUntil(world.now() + rng.between(STEP_NANOS / 2, 3 * STEP_NANOS / 2));
    }
  }

  boolean hasLeader() {
    for (Host host : world.hosts()) {
      SimulatedProcess process = host.process;
      if (host.served && process != null && process.node().view().role() == View.Role.LEADER) {
        return true;
      }
    }
    return false;
  }

  private boolean nothingWaitsForRoom() {
    for (Host host : world.hosts()) {
      SimulatedProcess process = host.process;
      if (process != null && process.isFull()) {
        return false;
      }
    }
    return true;
  }

  private boolean nothingIsOwed() {
    return world.hosts().stream().noneMatch(host -> host.archive.isOwed());
  }

  private boolean nothingExpires() {
    for (Host host : world.hosts()) {
      Node node = host.served ? SimulatedClient.nodeAt(host) : null;
      if (node != null && node.reads().state().nextExpiryMillis() != Long.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  private boolean nobodyIsKept() {
    for (Host host : world.hosts()) {
      Node node = host.served ? SimulatedClient.nodeAt(host) : null;
      if (node != null && hasKept(node.reads().state())) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasKept(State state) {
    return state.sessions(0, Integer.MAX_VALUE).stream().anyMatch(one -> one.ttlMillis() > 0);
  }

  boolean hasConverged() {
    long through = world.checkers().chosenLog().prefix();
    if (world.checkers().chosenLog().chosenCount() != through) {
      return false;
    }
    for (Host host : world.hosts()) {
      SimulatedProcess process = host.process;
      if (host.served && (process == null || process.node().appliedSlot() != through)) {
        return false;
      }
    }
    return true;
  }
}
