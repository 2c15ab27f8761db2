package io.synod.sim.fault;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.Processes;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The nemesis: injects faults at random times of the safety phase, as the profile of the run
 * allows.
 */
public final class Nemesis {
  private static final long MILLIS = 1_000_000L;
  private static final int CUT_OFF_PER_MILLION = 15_000;
  private static final int PLOTTED_PER_MILLION = 10_000;
  private static final int DEPOSITIONS_MAX = 3;
  private static final int ALTERED_PER_MILLION = 60_000;

  // These would log every full disk, and simulated disks are often full.
  private static final List<Logger> OF_FULL_DISKS =
      List.of(
          Logger.getLogger("io.synod.storage.journal.Sealer"),
          Logger.getLogger("io.synod.storage.tail.NextTailFile"));

  static {
    OF_FULL_DISKS.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private final World world;
  private final Processes processes;
  private final DiskNemesis diskNemesis;
  private final Rng rng;
  private final WallClocks wallClocks;
  private final StateNemesis stateNemesis;
  private final List<FaultKind> sudden = new ArrayList<>();
  private long until;
  private @Nullable Deposition deposition;
  private int depositions;

  public Nemesis(World world, Processes processes, DiskNemesis diskNemesis, Rng rng) {
    this.world = world;
    this.processes = processes;
    this.diskNemesis = diskNemesis;
    this.rng = rng;
    this.wallClocks = new WallClocks(world.profile().clocks);
    this.stateNemesis = new StateNemesis(world, diskNemesis);
    for (FaultKind kind : FaultKind.values()) {
      if (world.profile().has(kind) && isSudden(kind)) {
        sudden.add(kind);
      }
    }
  }

  private static boolean isSudden(FaultKind kind) {
    return switch (kind) {
      case LOSS,
          DELAY,
          DUPLICATION,
          STALE_STREAM,
          TEARING,
          SYNC_ERROR,
          WRITE_ERROR,
          SLOW_DISK,
          MISDIRECTED_READ,
          ALTERED_PAGE,
          WRONG_DIGEST,
          DRIFT,
          SLOW_BACKGROUND,
          DEPOSITION ->
          false;
      default -> true;
    };
  }

  public void begin(long untilNanos) {
    until = untilNanos;
    if (world.profile().has(FaultKind.DRIFT)) {
      for (Host host : world.hosts()) {
        host.clock.skew(rng.between(-500, 500));
      }
    }
    if (!sudden.isEmpty()) {
      next();
    }
  }

  private void next() {
    world.eventQueue().in(rng.around(world.profile().faultsNanos), this::strike);
  }

  private void strike() {
    if (world.now() >= until) {
      return;
    }
    FaultKind kind = sudden.get(rng.below(sudden.size()));
    Host host = victim(kind);
    world.count(kind.name().hashCode());
    world.trace(() -> kind + " strikes, node " + host.node);
    strike(kind, host);
    next();
  }

  /**
   * Chooses a host: for a hand-over, and in a third of the other cases, the leader, where faults do
   * most harm.
   */
  private Host victim(FaultKind kind) {
    if (kind == FaultKind.HAND_OVER || rng.below(3) == 0) {
      for (Host host : world.hosts()) {
        if (host.leads()) {
          return host;
        }
      }
    }
    return world.hosts().get(rng.below(world.hosts().size()));
  }

  private void strike(FaultKind kind, Host host) {
    switch (kind) {
      case PARTITION -> cut(() -> world.network().part(rng));
      case PARTIAL -> cut(() -> world.network().tatter(rng));
      case ONE_WAY -> cut(() -> world.network().oneWay(rng));
      case FLAPPING -> flap(3 + rng.below(12));
      case CRASH -> processes.kill(host);
      case CRASH_AT_EFFECT -> endAtEffect(host);
      case BLACKOUT -> blackout();
      case BIT_ROT -> rot(host);
      case STREAM_ROT -> diskNemesis.rotStream(host);
      case DISK_FULL -> fill(host);
      case WIPE -> wipe(host);
      case ALTERED_STATE -> stateNemesis.alter(host);
      case PAUSE -> pause(host);
      case HAND_OVER -> handOver(host);
      case CLOCK_STEP -> wallClocks.step(host, rng);
      case CLOCK_FREEZE -> freeze(host);
      case FALSE_REFUSAL -> refuse(host);
      case UPGRADE -> upgrade(host);
      default -> throw new IllegalStateException("not sudden: " + kind);
    }
  }

  private void cut(Runnable how) {
    world.network().heal(world.now());
    how.run();
    world.eventQueue().in(rng.around(world.profile().outageNanos), this::heal);
  }

  private void heal() {
    if (!world.isCalm()) {
      world.trace(() -> "links heal");
      world.network().heal(world.now());
    }
  }

  private void flap(int left) {
    if (left == 0 || world.isCalm()) {
      heal();
      return;
    }
    if (world.network().isHurt()) {
      world.network().heal(world.now());
    } else if (rng.below(2) == 0) {
      world.network().part(rng);
    } else {
      world.network().oneWay(rng);
    }
    world.eventQueue().in(rng.around(150 * MILLIS), () -> flap(left - 1));
  }

  private void endAtEffect(Host host) {
    SimulatedProcess process = host.process();
    if (process != null) {
      if (rng.below(3) == 0) {
        process.effects.endAt(rng.between(1, 6), "snapshot");
      } else {
        process.effects.endAt(rng.between(1, 30));
      }
    }
  }

  private void blackout() {
    for (Host host : world.hosts()) {
      processes.cutPower(host);
    }
  }

  private void rot(Host host) {
    if (rng.below(3) == 0) {
      diskNemesis.rotSuperblock(host);
    } else if (diskNemesis.maySpoil(host)) {
      diskNemesis.rot(host);
    }
  }

  private void wipe(Host host) {
    if (diskNemesis.maySpoil(host) && rng.below(3) == 0) {
      diskNemesis.wipe(host);
    }
  }

  /**
   * Fills the disk of a formed node. A node need not be able to start on an empty disk that is
   * full.
   */
  private void fill(Host host) {
    if (!host.isUp() || !host.observedNode.durable().formed()) {
      return;
    }
    if (rng.below(2) == 0) {
      host.disk.full(true);
      long millis = rng.below(2) == 0 ? 500 : 3_000;
      world.eventQueue().in(rng.around(millis * MILLIS), () -> host.disk.full(false));
      world.eventQueue().in(rng.around(millis * MILLIS / 2), () -> requestSnapshot(host));
    } else {
      // Segments are by far the largest files, and often the only ones that do not fit.
      host.archive.full(true);
      world.eventQueue().in(rng.around(500 * MILLIS), () -> host.archive.full(false));
    }
  }

  /** Requests a snapshot, as an operator does who wants to free space. */
  private void requestSnapshot(Host host) {
    SimulatedProcess process = host.process();
    if (process != null && process.isFull()) {
      Object unused = process.node().node().maintenance().takeSnapshot(Duration.ofDays(1));
    }
  }

  private void pause(Host host) {
    if (host.isUp()) {
      if (host.leads()) {
        world.mark(CoverageMark.PAUSED_LEADER);
      }
      // A turn that is under way is not prolonged, since no clock may run back.
      host.pause(world.now() + rng.around(world.profile().outageNanos));
    }
  }

  /** Stops the wall clock; half of the stopped clocks are resumed later. */
  private void freeze(Host host) {
    wallClocks.freeze(host, rng);
    if (host.clock.isFrozen() && rng.below(2) == 0) {
      world.eventQueue().in(rng.around(world.profile().outageNanos), host.clock::thaw);
    }
  }

  /** Tells another node that the process on this host ended, whether or not it runs. */
  private void refuse(Host host) {
    int nodes = world.hosts().size();
    if (nodes == 1) {
      return;
    }
    Host other = world.host(1 + (host.node + rng.below(nodes - 1)) % nodes);
    SimulatedProcess process = other.process();
    if (process != null) {
      world.network().disturbed(host.node, other.node, world.now());
      process.offer(new Input.ConnectionRefused(host.node));
    }
  }

  private void upgrade(Host host) {
    if (host.isUp()) {
      host.upgrade();
      processes.kill(host);
    }
  }

  private void handOver(Host host) {
    SimulatedProcess process = host.process();
    if (process != null) {
      process.offer(new Input.HandOver(rng.below(world.hosts().size() + 1)));
    }
  }

  /** Alters a message in transit: a bit of a page of a snapshot may flip. */
  public Message onItsWay(Message message) {
    boolean page = message instanceof Message.SnapshotPage some && !some.bytes().isEmpty();
    boolean altered = page && !world.isCalm() && world.profile().has(FaultKind.ALTERED_PAGE);
    return altered && rng.chance(ALTERED_PER_MILLION)
        ? altered((Message.SnapshotPage) message)
        : message;
  }

  private Message altered(Message.SnapshotPage page) {
    byte[] bytes = page.bytes().array().clone();
    bytes[rng.below(bytes.length)] ^= (byte) (1 << rng.below(8));
    return new Message.SnapshotPage(
        page.id(), page.mark(), page.total(), page.sha256(), page.offset(), Bytes.of(bytes));
  }

  /** Replaces the inputs of a turn. */
  public List<Input> replaceInputs(Host host, SimulatedProcess process, List<Input> inputs) {
    return deposition == null || world.isCalm()
        ? inputs
        : deposition.replaceInputs(host, process, inputs);
  }

  /** A process is about to send a message; a leader may be cut off at this moment. */
  public void speaking(Host host, Message message) {
    if (world.isCalm()) {
      return;
    }
    plot(host, message);
    boolean handsOver =
        message instanceof Message.TakeOver && world.profile().has(FaultKind.PARTITION);
    boolean leads = message instanceof Message.Accept || message instanceof Message.Chosen;
    if (handsOver && rng.below(2) == 0) {
      world.eventQueue().in(0, () -> cutOff(host));
    } else if (leads && world.profile().duel) {
      // Cuts are most likely just after its election, while inherited slots are still open.
      long office = world.now() - host.leaderSince();
      boolean fresh = office < world.profile().settings.heartbeatNanos() / 2;
      if (rng.chance(fresh ? 10 * CUT_OFF_PER_MILLION : CUT_OFF_PER_MILLION)) {
        cutOff(host);
      }
    }
  }

  private void plot(Host host, Message message) {
    if (deposition != null) {
      deposition.onSent(host.node, message);
    }
    if (world.profile().has(FaultKind.DEPOSITION)
        && message instanceof Message.Accept
        && (deposition == null || deposition.isOver())
        && depositions < DEPOSITIONS_MAX
        && rng.chance(PLOTTED_PER_MILLION)) {
      deposition = Deposition.against(world, host, rng);
      depositions += deposition == null ? 0 : 1;
    }
  }

  private void cutOff(Host host) {
    if (!world.isCalm()) {
      cut(() -> world.network().isolate(host.node));
    }
  }
}
