package io.synod.sim;

import io.synod.paxos.Bytes;
import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.sim.Marks.Mark;
import io.synod.sim.disk.Dice;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Does, in the safety phase, what the weather says may go wrong at a moment. */
final class Mayhem {
  private static final long MILLIS = 1_000_000L;
  private static final int CUT_OFF_PER_MILLION = 15_000;
  private static final int PLOTTED_PER_MILLION = 10_000;
  private static final int COUPS_MAX = 3;
  private static final int ALTERED_PER_MILLION = 60_000;

  // Simulated disks are full all the time.
  private static final List<Logger> OF_FULL_DISKS =
      List.of(
          Logger.getLogger("io.synod.storage.Sealer"),
          Logger.getLogger("io.synod.storage.NextFile"));

  static {
    OF_FULL_DISKS.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private final World world;
  private final Dice dice;
  private final List<FaultKind> sudden = new ArrayList<>();
  private long until;
  private @Nullable Coup coup;
  private int coups;

  Mayhem(World world, Dice dice) {
    this.world = world;
    this.dice = dice;
    for (FaultKind kind : FaultKind.values()) {
      if (world.weather().has(kind) && isSudden(kind)) {
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
          COUP ->
          false;
      default -> true;
    };
  }

  void begin(long untilNanos) {
    until = untilNanos;
    if (world.weather().has(FaultKind.DRIFT)) {
      for (Host host : world.hosts()) {
        host.clock.skew(dice.between(-500, 500));
      }
    }
    if (!sudden.isEmpty()) {
      next();
    }
  }

  private void next() {
    world.agenda().in(dice.around(world.weather().mayhemNanos), this::strike);
  }

  private void strike() {
    if (world.now() >= until) {
      return;
    }
    FaultKind kind = sudden.get(dice.below(sudden.size()));
    Host host = victim(kind);
    world.count(kind.name().hashCode());
    world.tell(() -> kind + " strikes, node " + host.node);
    strike(kind, host);
    next();
  }

  /** Mostly anybody; often the leader, which is where it hurts. */
  private Host victim(FaultKind kind) {
    if (kind == FaultKind.HAND_OVER || dice.below(3) == 0) {
      for (Host host : world.hosts()) {
        if (host.leaderSince != Long.MAX_VALUE) {
          return host;
        }
      }
    }
    return world.hosts().get(dice.below(world.hosts().size()));
  }

  private void strike(FaultKind kind, Host host) {
    switch (kind) {
      case PARTITION -> cut(() -> world.net().part(dice));
      case PARTIAL -> cut(() -> world.net().tatter(dice));
      case ONE_WAY -> cut(() -> world.net().oneWay(dice));
      case FLAPPING -> flap(3 + dice.below(12));
      case CRASH -> world.machines().kill(host);
      case CRASH_AT_EFFECT -> endAtEffect(host);
      case BLACKOUT -> blackout();
      case BIT_ROT -> rot(host);
      case STREAM_ROT -> world.machines().decay().rotStream(host);
      case DISK_FULL -> fill(host);
      case WIPE -> wipe(host);
      case PAUSE -> pause(host);
      case HAND_OVER -> handOver(host);
      case CLOCK_STEP -> world.weather().clocks.step(host, dice);
      case CLOCK_FREEZE -> freeze(host);
      default -> throw new IllegalStateException("not sudden: " + kind);
    }
  }

  private void cut(Runnable how) {
    world.net().heal(world.now());
    how.run();
    world.agenda().in(dice.around(world.weather().outageNanos), this::heal);
  }

  private void heal() {
    if (!world.isCalm()) {
      world.tell(() -> "links heal");
      world.net().heal(world.now());
    }
  }

  private void flap(int left) {
    if (left == 0 || world.isCalm()) {
      heal();
      return;
    }
    if (world.net().isHurt()) {
      world.net().heal(world.now());
    } else if (dice.below(2) == 0) {
      world.net().part(dice);
    } else {
      world.net().oneWay(dice);
    }
    world.agenda().in(dice.around(150 * MILLIS), () -> flap(left - 1));
  }

  private void endAtEffect(Host host) {
    Instance process = host.process;
    if (process != null) {
      if (dice.below(3) == 0) {
        process.effects.endAt(dice.between(1, 6), "snapshot");
      } else {
        process.effects.endAt(dice.between(1, 30));
      }
    }
  }

  private void blackout() {
    for (Host host : world.hosts()) {
      world.machines().cutPower(host);
    }
  }

  private void rot(Host host) {
    if (world.machines().decay().maySpare(host)) {
      world.machines().decay().rot(host);
    }
  }

  private void wipe(Host host) {
    if (world.machines().decay().maySpare(host) && dice.below(3) == 0) {
      world.machines().decay().wipe(host);
    }
  }

  /** A disk that holds nothing yet cannot be begun without room, and nobody claims that it can. */
  private void fill(Host host) {
    if (!host.isUp() || !host.seat.durable().formed()) {
      return;
    }
    if (dice.below(2) == 0) {
      host.disk.full(true);
      long millis = dice.below(2) == 0 ? 500 : 3_000;
      world.agenda().in(dice.around(millis * MILLIS), () -> host.disk.full(false));
    } else {
      // What is sealed is the larger file by far, and often the only one that finds no room.
      host.archive.full(true);
      world.agenda().in(dice.around(500 * MILLIS), () -> host.archive.full(false));
    }
  }

  private void pause(Host host) {
    if (host.isUp()) {
      if (host.leaderSince != Long.MAX_VALUE) {
        world.mark(Mark.PAUSED_LEADER);
      }
      // What it does already takes as long as it takes, for no clock runs back.
      host.busyUntil =
          Math.max(host.busyUntil, world.now() + dice.around(world.weather().outageNanos));
      host.healthySince = host.busyUntil;
    }
  }

  /** Half of the wall clocks that stand still go on by themselves, behind or at the right time. */
  private void freeze(Host host) {
    world.weather().clocks.freeze(host, dice);
    if (host.clock.isFrozen() && dice.below(2) == 0) {
      world.agenda().in(dice.around(world.weather().outageNanos), host.clock::thaw);
    }
  }

  private void handOver(Host host) {
    Instance process = host.process;
    if (process != null) {
      process.offer(new Input.HandOver(dice.below(world.hosts().size() + 1)));
    }
  }

  /** What arrives of a message: a page of a stream may be altered. */
  Message onItsWay(Message message) {
    boolean page = message instanceof Message.SnapshotPage some && !some.bytes().isEmpty();
    boolean altered = page && !world.isCalm() && world.weather().has(FaultKind.ALTERED_PAGE);
    return altered && dice.chance(ALTERED_PER_MILLION)
        ? altered((Message.SnapshotPage) message)
        : message;
  }

  private Message altered(Message.SnapshotPage page) {
    byte[] bytes = page.bytes().array().clone();
    bytes[dice.below(bytes.length)] ^= (byte) (1 << dice.below(8));
    return new Message.SnapshotPage(
        page.id(), page.mark(), page.total(), page.sha256(), page.offset(), Bytes.of(bytes));
  }

  /** What a process hears instead of {@code inputs}. */
  List<Input> heard(Host host, Instance process, List<Input> inputs) {
    return coup == null || world.isCalm() ? inputs : coup.heard(host, process, inputs);
  }

  /** A leader is about to say something: just then it may be cut off. */
  void speaking(Host host, Message message) {
    if (world.isCalm()) {
      return;
    }
    plot(host, message);
    boolean handsOver =
        message instanceof Message.TakeOver && world.weather().has(FaultKind.PARTITION);
    boolean leads = message instanceof Message.Accept || message instanceof Message.Chosen;
    if (handsOver && dice.below(2) == 0) {
      world.agenda().in(0, () -> cutOff(host));
    } else if (leads && world.weather().duel) {
      // Most of all while it is new in office, with what it inherited still under way.
      long office = world.now() - host.leaderSince;
      boolean fresh = office < world.weather().settings.heartbeatNanos() / 2;
      if (dice.chance(fresh ? 10 * CUT_OFF_PER_MILLION : CUT_OFF_PER_MILLION)) {
        cutOff(host);
      }
    }
  }

  private void plot(Host host, Message message) {
    if (coup != null) {
      coup.said(host.node, message);
    }
    if (world.weather().has(FaultKind.COUP)
        && message instanceof Message.Accept
        && (coup == null || coup.isOver())
        && coups < COUPS_MAX
        && dice.chance(PLOTTED_PER_MILLION)) {
      coup = Coup.against(world, host, dice);
      coups += coup == null ? 0 : 1;
    }
  }

  private void cutOff(Host host) {
    if (!world.isCalm()) {
      cut(() -> world.net().isolate(host.node));
    }
  }
}
