package io.synod.sim.recovery;

import io.synod.runtime.node.Node;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.sim.fault.Healing;
import io.synod.sim.run.FaultKind;
import io.synod.sim.workload.AppSnapshotRecord;
import io.synod.sim.workload.Clients;
import io.synod.sim.workload.FinalWrite;
import io.synod.sim.workload.SimulatedClient;
import io.synod.state.State;
import org.jspecify.annotations.Nullable;

/**
 * Checks I19 after the end of faults: if a core of voters is connected to a quorum, there is a
 * leader within four election time-outs, every operation of a client ends, and the core converges.
 */
public final class Recovery {
  private static final int HUNG_DISK_ONE_IN = 4;
  private static final int KILLED_LEADER_ONE_IN = 4;

  private final World world;
  private final Healing healing;
  private final Clients clients;
  private final Checks checks;
  private final Rng rng;
  private final BoundedWait wait;
  private final Convergence convergence;
  private final long timeout;

  /** What must hold besides. */
  public record Checks(Trimming trimming, WrongStates wrongStates) {}

  public Recovery(World world, Healing healing, Clients clients, Checks checks, Rng rng) {
    this.world = world;
    this.healing = healing;
    this.clients = clients;
    this.checks = checks;
    this.rng = rng;
    this.wait = new BoundedWait(world, rng);
    this.convergence = new Convergence(world);
    this.timeout = world.profile().settings.electionTimeoutNanos();
  }

  public void run() {
    healing.calm();
    // The disk is tried again once a second, and waiting writes are written in the next turn.
    wait.await(
        "writes that waited for disk space", 2_000_000_000L + timeout, this::nothingWaitsForRoom);
    if (!checks.wrongStates.mayElect()) {
      // No node leads while its state is wrong, so a leader is awaited once one of them is mended.
      wait.await("a right state", mendingNanos(), checks.wrongStates::mayElect);
    }
    // The bound is four time-outs, and the time to open the disks and to end the last turns.
    wait.await("a leader", 4 * timeout + 200_000_000L, convergence::hasLeader);
    world.eventQueue().runUntil(world.now() + timeout);
    wait.await("right states", mendingNanos(), checks.wrongStates::areMended);
    clients.rest();
    wait.await("every caller's answer", 12 * timeout, clients::isIdle);
    // Some clients opened a session meanwhile, and release it now.
    clients.rest();
    // No pair lives longer than six time-outs of log time, which may stand still during an
    // election.
    wait.await("the expiry of every pair", 10 * timeout, this::nothingExpires);
    wait.await("the expiry of every session", 10 * timeout, this::noSessionIsKept);
    FinalWrite last = new FinalWrite(clients.workload(), rng.fork());
    last.write();
    wait.await("a write", 10 * timeout, last::isIdle);
    wait.await("agreement of the core", 10 * timeout, convergence::hasConverged);
    wait.await("a seal that did not fit", 10 * timeout + 2_000_000_000L, this::nothingIsOwed);
    ReportedAvailability report = new ReportedAvailability(world);
    wait.await("true reports of availability", 4 * timeout, report::isTrue);
    world.network().heal(world.now());
    for (Host host : world.hosts()) {
      host.serve(true);
    }
    healing.rotUnseen();
    AppSnapshotRecord handed = new AppSnapshotRecord(world);
    // A node looks for missing snapshots periodically, and fetches one at a time.
    wait.await(
        "snapshots of consumers at every sidecar",
        10 * timeout + 10_000_000_000L,
        handed::isEverywhere);
    // Digests are exchanged once a second.
    wait.await("snapshots while a quorum agrees", 5_000_000_000L, checks.trimming::goesOn);
    wait.await("right states at all nodes", mendingNanos(), checks.wrongStates::areAllMended);
    wait.await("true reports of availability at all nodes", 4 * timeout, report::isTrue);
    wait.await("agreement of all", 10 * timeout, convergence::hasConverged);
    wait.await("votes of replaced disks", replacementNanos(), convergence::hasAllVotes);
    wait.await("the level that all nodes support", 10 * timeout, convergence::hasCommonLevel);
    if (world.profile().bandwidth.isLimited()) {
      new Saturation(clients.workload(), wait, rng.fork()).run();
      wait.await("agreement after the load", 10 * timeout, convergence::hasConverged);
    }
    if (rng.below(HUNG_DISK_ONE_IN) == 0) {
      new HungDisk(clients.workload(), wait, rng.fork()).run();
    }
    if (rng.below(KILLED_LEADER_ONE_IN) == 0) {
      new KilledLeader(world, healing, wait).run();
    }
    // Nodes go on to report what they hold, by commands of their own.
    wait.await("agreement at the end", 10 * timeout, convergence::hasConverged);
  }

  /**
   * Digests are exchanged once a second, a peer takes a snapshot, and its pages may be refused. A
   * state that differs a second time is taken anew after a minute.
   */
  private long mendingNanos() {
    boolean differsAgain = world.profile().has(FaultKind.ALTERED_STATE);
    return 10 * timeout + (differsAgain ? 70_000_000_000L : 10_000_000_000L);
  }

  /** A leader watches the new disk for a time-out, and fills the slots before the change. */
  private long replacementNanos() {
    return 10 * timeout * world.profile().voters;
  }

  private boolean nothingWaitsForRoom() {
    for (Host host : world.hosts()) {
      SimulatedProcess process = host.process();
      if (process != null && process.isFull()) {
        return false;
      }
    }
    return true;
  }

  private boolean nothingIsOwed() {
    return world.hosts().stream().noneMatch(host -> host.archive.isOwed());
  }

  /** The node of a host that clients can reach, unless it serves nothing. */
  private static @Nullable Node servedBy(Host host) {
    Node node = host.isServed() ? SimulatedClient.nodeAt(host) : null;
    return node == null || node.reads().isQuarantined() ? null : node;
  }

  private boolean nothingExpires() {
    for (Host host : world.hosts()) {
      Node node = servedBy(host);
      if (node != null && node.reads().state().nextExpiryMillis() != Long.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  private boolean noSessionIsKept() {
    for (Host host : world.hosts()) {
      Node node = servedBy(host);
      if (node != null && hasKept(node.reads().state())) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasKept(State state) {
    return state.sessions(0, Integer.MAX_VALUE).stream().anyMatch(one -> one.ttlMillis() > 0);
  }
}
