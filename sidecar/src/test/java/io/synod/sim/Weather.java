package io.synod.sim;

import io.synod.paxos.Settings;
import io.synod.runtime.engine.Engine;
import io.synod.runtime.port.Bounds;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.sim.disk.Dice;
import io.synod.state.Limits;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a world is like: its size, its settings and how often each thing goes wrong. Drawn from the
 * seed alone, before anything happens, so that leaving a fault out changes nothing else here.
 */
final class Weather {
  private static final long MILLIS = 1_000_000L;
  private static final int NARROW_PAYLOAD_BYTES = 1_000;
  // A theme of its own: leaders that follow each other fast, with much under way.
  private static final Set<FaultKind> DUEL =
      EnumSet.of(
          FaultKind.HAND_OVER,
          FaultKind.COUP,
          FaultKind.PARTITION,
          FaultKind.PARTIAL,
          FaultKind.FLAPPING,
          FaultKind.LOSS,
          FaultKind.DELAY);

  // Drawn by themselves, also beside a duel.
  private static final Set<FaultKind> DRAWN_LAST =
      EnumSet.of(FaultKind.SLOW_BACKGROUND, FaultKind.CLOCK_FREEZE);

  final int voters;
  final int learners;
  final int clients;
  final Settings settings;
  final long tailFileBytes;
  final Bandwidth bandwidth;
  final Bounds bounds;
  final SnapshotSettings snapshots;
  final Limits limits;
  final EnumSet<FaultKind> kinds;
  final int lossPerMillion;
  final int duplicatePerMillion;
  final int delayedPerMillion;
  final int stalePerMillion;
  final long delayNanos;
  final long mayhemNanos;
  final long outageNanos;
  final long thinkNanos;
  final int writeErrorPerMillion;
  final int syncErrorPerMillion;
  final int slowSyncPerMillion;
  final int lateTaskPerMillion;
  private final int heartbeatsRemembered;
  final int payloadBytesMax;
  final int kvClients;
  final int holders;
  final boolean consumers;
  final long ttlMillis;
  final boolean tearing;
  final boolean duel;
  final WallClocks clocks;

  private Weather(Dice dice, Set<FaultKind> allowed) {
    this.voters = voters(dice.below(40));
    this.learners = dice.below(6) == 0 ? 1 : 0;
    this.clients = 2 + dice.below(3);
    int payloads = dice.below(4) == 0 ? 3_000 : 60;
    Settings usual = settings(dice, payloads);
    long timeout = usual.electionTimeoutNanos();
    this.tailFileBytes = 4096L << dice.below(4);
    this.snapshots = snapshots(dice);
    EnumSet<FaultKind> drawn = EnumSet.noneOf(FaultKind.class);
    int density = 1 + dice.below(6);
    for (FaultKind kind : FaultKind.values()) {
      if (!DRAWN_LAST.contains(kind) && dice.below(8) < density) {
        drawn.add(kind);
      }
    }
    this.duel = dice.below(4) == 0 && allowed.contains(FaultKind.PARTITION);
    if (duel) {
      drawn.clear();
      drawn.addAll(DUEL);
    }
    drawn.retainAll(allowed);
    this.kinds = drawn;
    this.lossPerMillion = when(FaultKind.LOSS, (int) dice.between(1_000, 200_000));
    this.duplicatePerMillion = when(FaultKind.DUPLICATION, (int) dice.between(1_000, 300_000));
    this.delayedPerMillion = when(FaultKind.DELAY, (int) dice.between(1_000, 200_000));
    this.stalePerMillion = when(FaultKind.STALE_STREAM, (int) dice.between(500, 20_000));
    this.delayNanos = dice.between(timeout / 100, timeout);
    this.mayhemNanos = dice.between(duel ? timeout : timeout / 4, 2 * timeout);
    this.outageNanos = dice.between(duel ? timeout : timeout / 10, 3 * timeout);
    this.thinkNanos = dice.between(timeout / 200, timeout / 10);
    this.writeErrorPerMillion = when(FaultKind.WRITE_ERROR, (int) dice.between(100, 4_000));
    this.syncErrorPerMillion = when(FaultKind.SYNC_ERROR, (int) dice.between(100, 4_000));
    this.slowSyncPerMillion = when(FaultKind.SLOW_DISK, (int) dice.between(1_000, 100_000));
    this.kvClients = 1 + dice.below(2);
    this.holders = dice.below(2) == 0 ? 0 : 2 + dice.below(2);
    this.consumers = dice.below(3) == 0;
    this.ttlMillis = dice.between(timeout / 2, 3 * timeout) / MILLIS;
    this.tearing = kinds.contains(FaultKind.TEARING);
    Bounds callers = bounds(dice, payloads);
    this.clocks = new WallClocks(dice, voters);
    Limits few = limits(dice);
    boolean narrow = voters > 1 && dice.below(10) == 0;
    this.payloadBytesMax = narrow ? NARROW_PAYLOAD_BYTES : payloads;
    this.settings = narrow ? narrow(dice, timeout) : usual;
    this.bounds = narrow ? Bounds.defaults() : callers;
    this.bandwidth =
        narrow
            ? Bandwidth.draw(dice, settings, largest(NARROW_PAYLOAD_BYTES))
            : Bandwidth.UNLIMITED;
    this.limits = narrow ? Limits.defaults() : few;
    drawLast(FaultKind.SLOW_BACKGROUND, 2, dice, allowed);
    this.lateTaskPerMillion = when(FaultKind.SLOW_BACKGROUND, (int) dice.between(20_000, 400_000));
    this.heartbeatsRemembered =
        dice.below(4) == 0 ? 2 + dice.below(6) : Settings.HEARTBEATS_REMEMBERED;
    drawLast(FaultKind.CLOCK_FREEZE, 3, dice, allowed);
  }

  private void drawLast(FaultKind kind, int oneIn, Dice dice, Set<FaultKind> allowed) {
    if (allowed.contains(kind) && dice.below(oneIn) == 0) {
      kinds.add(kind);
    }
  }

  /** The weather of {@code dice}, with no other faults than {@code allowed}. */
  static Weather draw(Dice dice, Set<FaultKind> allowed) {
    return new Weather(dice, allowed);
  }

  /** The weather of a run that is not begun. */
  static Weather of(Plan plan) {
    return draw(new Dice(plan.seed()).fork(), plan.faults());
  }

  boolean has(FaultKind kind) {
    return kinds.contains(kind);
  }

  private int when(FaultKind kind, int value) {
    return kinds.contains(kind) ? value : 0;
  }

  /**
   * Mostly three or five, now and then one or many, and even numbers, whose halves are no quorum.
   */
  private static int voters(int size) {
    return switch (size) {
      case 0, 1 -> 1;
      case 2 -> 2;
      case 3, 4 -> 4;
      case 5 -> 6;
      case 6 -> 7;
      default -> size < 29 ? 3 : 5;
    };
  }

  /** The voters, which are the first of its nodes. */
  Set<Integer> voterNodes() {
    return IntStream.rangeClosed(1, voters).boxed().collect(Collectors.toSet());
  }

  /** The largest thing that anybody proposes must find room everywhere. */
  private static int largest(int payloadBytesMax) {
    return payloadBytesMax * 3 / 2 + 700;
  }

  /** In some worlds callers are too many, in some what they propose is too much. */
  private static Bounds bounds(Dice dice, int payloadBytesMax) {
    Bounds usual = Bounds.defaults();
    boolean few = dice.below(6) == 0;
    return new Bounds(
        few ? 2 + dice.below(6) : usual.pendingMax(),
        dice.below(6) == 0 ? largest(payloadBytesMax) + dice.below(2_000) : usual.pendingBytesMax(),
        few ? 1 + dice.below(4) : usual.readsMax(),
        usual.mailboxMax(),
        usual.mailboxBytesMax(),
        dice.below(2) == 0 ? 200 + dice.below(3_000) : usual.recentBytesMax(),
        1 + dice.below(200));
  }

  /** In many worlds the state has room for little, and remembers little. */
  private static Limits limits(Dice dice) {
    Limits usual = Limits.defaults();
    return new Limits(
        dice.below(3) == 0 ? 1 + dice.below(6) : usual.sessionsMax(),
        dice.below(3) == 0 ? 1 + dice.below(6) : usual.aheadMax(),
        dice.below(6) == 0
            ? new Limits.Answers(4 + dice.below(40), 500 + dice.below(5_000), 4_000)
            : usual.answers(),
        dice.below(3) == 0 ? 1 + dice.below(4) : usual.expiriesMax(),
        dice.below(3) == 0 ? 1 + dice.below(2) : usual.consumersMax(),
        window(dice, usual.requests(), 700),
        window(dice, usual.openings(), 8_000));
  }

  /**
   * With so many bytes at least: those who come back in the calm must all find a session in time.
   */
  private static Limits.Window window(Dice dice, Limits.Window usual, int bytesMin) {
    return dice.below(3) == 0
        ? new Limits.Window(
            1 + dice.below(100),
            100 + dice.below(3_000),
            dice.below(3) == 0 ? bytesMin + dice.below(20_000) : usual.bytesMax())
        : usual;
  }

  /** Half of all worlds take snapshots, and trim as much as they may. */
  private static SnapshotSettings snapshots(Dice dice) {
    SnapshotSettings usual = SnapshotSettings.defaults();
    return dice.below(2) == 0
        ? usual
        : new SnapshotSettings(
            500 + dice.below(dice.below(3) == 0 ? 30_000 : 8_000),
            dice.below(4_000),
            dice.below(2) == 0 ? 2_000 : usual.bytesMax(),
            usual.lapseMillis());
  }

  /** Whether links carry so little that messages wait for each other. */
  boolean hasNarrowLinks() {
    return bandwidth.isLimited();
  }

  /** Whether the log is trimmed below a snapshot in the time that a run has. */
  boolean takesSnapshots() {
    return snapshots.everyBytes() < SnapshotSettings.defaults().everyBytes();
  }

  /** Whether more may be due at once than one turn lets expire. */
  boolean expiresFewAtOnce() {
    return limits.expiriesMax() < Limits.defaults().expiriesMax();
  }

  /** Whether a late answer may be to a heartbeat that is forgotten. */
  boolean remembersFewHeartbeats() {
    return heartbeatsRemembered < Settings.HEARTBEATS_REMEMBERED;
  }

  /** Whether the log never comes near its limit. */
  boolean keepsLog() {
    return snapshots.bytesMax() == SnapshotSettings.defaults().bytesMax();
  }

  /** What every node is born with. */
  Engine.Tuning tuning() {
    return new Engine.Tuning(remembering(heartbeatsRemembered), bounds, snapshots, limits);
  }

  private Settings remembering(int heartbeats) {
    return new Settings(
        settings.heartbeatNanos(),
        settings.electionTimeoutNanos(),
        settings.resendNanos(),
        settings.resendMaxNanos(),
        settings.batchBytesMax(),
        settings.windowSlots(),
        settings.windowBytesMax(),
        settings.queueBytesMax(),
        settings.pageBytesMax(),
        settings.recentBytesMax(),
        heartbeats);
  }

  private static Settings settings(Dice dice, int payloadBytesMax) {
    boolean tight = dice.below(2) == 0;
    boolean scarce = dice.below(6) == 0;
    long timeout = dice.between(200, 1_000) * MILLIS;
    return new Settings(
        timeout / 10,
        timeout,
        timeout / (3 + dice.below(8)),
        timeout * (1 + dice.below(2)),
        tight ? 200 + dice.below(2_000) : 1 << 20,
        1 + dice.below(tight ? 8 : 64),
        tight ? 1_000 + dice.below(8_000) : 16L << 20,
        tight ? largest(payloadBytesMax) + dice.below(scarce ? 500 : 60_000) : 64L << 20,
        tight ? 300 + dice.below(3_000) : 1 << 20,
        tight ? 1_000 + dice.below(20_000) : 32L << 20,
        Settings.HEARTBEATS_REMEMBERED);
  }

  /** With so much to do for a slow link that a wait may well be shorter than what it waits for. */
  private static Settings narrow(Dice dice, long timeout) {
    return new Settings(
        timeout / 10,
        timeout,
        timeout / (20 + dice.below(30)),
        2 * timeout,
        200 + dice.below(2_000),
        4 + dice.below(12),
        6_000 + dice.below(14_000),
        60_000 + dice.below(60_000),
        2_000 + dice.below(2_000),
        1_000 + dice.below(20_000),
        Settings.HEARTBEATS_REMEMBERED);
  }

  @Override
  public String toString() {
    return voters + " voters, " + learners + " learners, faults " + kinds;
  }
}
