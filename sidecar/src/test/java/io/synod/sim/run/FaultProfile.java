package io.synod.sim.run;

import io.synod.paxos.Settings;
import io.synod.runtime.engine.Engine;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.sim.disk.Rng;
import io.synod.state.Limits;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The profile of a run: the size and settings of the cluster, and the rate of each fault. It is
 * drawn from the seed before the run begins, so that leaving out a fault changes nothing else in
 * it.
 */
public final class FaultProfile {
  private static final long MILLIS = 1_000_000L;
  private static final int NARROW_PAYLOAD_BYTES = 1_000;
  // The faults of a duel: leaders replace each other in quick succession, with many slots in
  // flight.
  private static final Set<FaultKind> DUEL =
      EnumSet.of(
          FaultKind.HAND_OVER,
          FaultKind.DEPOSITION,
          FaultKind.PARTITION,
          FaultKind.PARTIAL,
          FaultKind.FLAPPING,
          FaultKind.LOSS,
          FaultKind.DELAY);

  // These are drawn after all others, in duels too.
  private static final Set<FaultKind> DRAWN_LAST =
      EnumSet.of(
          FaultKind.SLOW_BACKGROUND,
          FaultKind.CLOCK_FREEZE,
          FaultKind.FALSE_REFUSAL,
          FaultKind.UPGRADE);

  public final int voters;
  public final int learners;
  public final int clients;
  public final Settings settings;
  public final long tailFileBytes;
  public final Bandwidth bandwidth;
  final CallerLimits callerLimits;
  final SnapshotSettings snapshots;
  public final Limits limits;
  final EnumSet<FaultKind> kinds;
  public final int lossPerMillion;
  public final int duplicatePerMillion;
  public final int delayedPerMillion;
  public final int stalePerMillion;
  public final long delayNanos;
  public final long faultsNanos;
  public final long outageNanos;
  public final long thinkNanos;
  public final int writeErrorPerMillion;
  public final int syncErrorPerMillion;
  public final int slowSyncPerMillion;
  public final int lateTaskPerMillion;
  private final int heartbeatsRemembered;
  private final int membershipDistance;
  public final int payloadBytesMax;
  public final int kvClients;
  public final int holders;
  public final boolean consumers;
  public final long ttlMillis;
  public final boolean tearing;
  public final boolean duel;
  public final WallClockProfile clocks;

  private FaultProfile(Rng rng, Set<FaultKind> allowed) {
    this.voters = voters(rng.below(40));
    this.learners = rng.below(6) == 0 ? 1 : 0;
    this.clients = 2 + rng.below(3);
    int payloads = rng.below(4) == 0 ? 3_000 : 60;
    Settings usual = settings(rng, payloads);
    long timeout = usual.electionTimeoutNanos();
    this.tailFileBytes = 4096L << rng.below(4);
    this.snapshots = snapshots(rng);
    EnumSet<FaultKind> drawn = EnumSet.noneOf(FaultKind.class);
    int density = 1 + rng.below(6);
    for (FaultKind kind : FaultKind.values()) {
      if (!DRAWN_LAST.contains(kind) && rng.below(8) < density) {
        drawn.add(kind);
      }
    }
    this.duel = rng.below(4) == 0 && allowed.contains(FaultKind.PARTITION);
    if (duel) {
      drawn.clear();
      drawn.addAll(DUEL);
    }
    drawn.retainAll(allowed);
    this.kinds = drawn;
    this.lossPerMillion = when(FaultKind.LOSS, (int) rng.between(1_000, 200_000));
    this.duplicatePerMillion = when(FaultKind.DUPLICATION, (int) rng.between(1_000, 300_000));
    this.delayedPerMillion = when(FaultKind.DELAY, (int) rng.between(1_000, 200_000));
    this.stalePerMillion = when(FaultKind.STALE_STREAM, (int) rng.between(500, 20_000));
    this.delayNanos = rng.between(timeout / 100, timeout);
    this.faultsNanos = rng.between(duel ? timeout : timeout / 4, 2 * timeout);
    this.outageNanos = rng.between(duel ? timeout : timeout / 10, 3 * timeout);
    this.thinkNanos = rng.between(timeout / 200, timeout / 10);
    this.writeErrorPerMillion = when(FaultKind.WRITE_ERROR, (int) rng.between(100, 4_000));
    this.syncErrorPerMillion = when(FaultKind.SYNC_ERROR, (int) rng.between(100, 4_000));
    this.slowSyncPerMillion = when(FaultKind.SLOW_DISK, (int) rng.between(1_000, 100_000));
    this.kvClients = 1 + rng.below(2);
    this.holders = rng.below(2) == 0 ? 0 : 2 + rng.below(2);
    this.consumers = rng.below(3) == 0;
    this.ttlMillis = rng.between(timeout / 2, 3 * timeout) / MILLIS;
    this.tearing = kinds.contains(FaultKind.TEARING);
    CallerLimits callers = bounds(rng, payloads);
    this.clocks = WallClockProfile.draw(rng, voters);
    Limits few = limits(rng);
    boolean narrow = voters > 1 && rng.below(10) == 0;
    this.payloadBytesMax = narrow ? NARROW_PAYLOAD_BYTES : payloads;
    this.settings = narrow ? narrow(rng, timeout) : usual;
    this.callerLimits = narrow ? CallerLimits.defaults() : callers;
    this.bandwidth =
        narrow ? Bandwidth.draw(rng, settings, largest(NARROW_PAYLOAD_BYTES)) : Bandwidth.UNLIMITED;
    this.limits = narrow ? Limits.defaults() : few;
    drawLast(FaultKind.SLOW_BACKGROUND, 2, rng, allowed);
    this.lateTaskPerMillion = when(FaultKind.SLOW_BACKGROUND, (int) rng.between(20_000, 400_000));
    this.heartbeatsRemembered = rng.below(4) == 0 ? 2 + rng.below(6) : Settings.HEARTBEAT_HISTORY;
    drawLast(FaultKind.CLOCK_FREEZE, 3, rng, allowed);
    drawLast(FaultKind.FALSE_REFUSAL, 4, rng, allowed);
    drawLast(FaultKind.UPGRADE, 4, rng, allowed);
    this.membershipDistance = 1 + rng.below(2 * settings.windowSlots() + 8);
  }

  private void drawLast(FaultKind kind, int oneIn, Rng rng, Set<FaultKind> allowed) {
    if (allowed.contains(kind) && rng.below(oneIn) == 0) {
      kinds.add(kind);
    }
  }

  /** Draws a profile with no other faults than {@code allowed}. */
  public static FaultProfile draw(Rng rng, Set<FaultKind> allowed) {
    return new FaultProfile(rng, allowed);
  }

  /** The profile that a run with this plan will have. */
  public static FaultProfile of(RunPlan plan) {
    return draw(new Rng(plan.seed()).fork(), plan.faults());
  }

  public boolean has(FaultKind kind) {
    return kinds.contains(kind);
  }

  private int when(FaultKind kind, int value) {
    return kinds.contains(kind) ? value : 0;
  }

  /**
   * Draws the number of voters: mostly three or five, sometimes one, seven, or an even number, half
   * of which is no quorum.
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

  /** The voters, which are the nodes with the lowest numbers. */
  public Set<Integer> voterNodes() {
    return IntStream.rangeClosed(1, voters).boxed().collect(Collectors.toSet());
  }

  /** A bound above the largest proposal, which must fit into every queue. */
  private static int largest(int payloadBytesMax) {
    return payloadBytesMax * 3 / 2 + 700;
  }

  /** Draws the limits of callers: in some runs few callers may wait, in some few bytes. */
  private static CallerLimits bounds(Rng rng, int payloadBytesMax) {
    CallerLimits usual = CallerLimits.defaults();
    boolean few = rng.below(6) == 0;
    return new CallerLimits(
        few ? 2 + rng.below(6) : usual.pendingMax(),
        rng.below(6) == 0 ? largest(payloadBytesMax) + rng.below(2_000) : usual.pendingBytesMax(),
        few ? 1 + rng.below(4) : usual.readsMax(),
        usual.mailboxMax(),
        usual.mailboxBytesMax(),
        rng.below(2) == 0 ? 200 + rng.below(3_000) : usual.recentBytesMax(),
        1 + rng.below(200));
  }

  /** Draws the limits of the state, which are small in many runs. */
  private static Limits limits(Rng rng) {
    Limits usual = Limits.defaults();
    return new Limits(
        rng.below(3) == 0 ? 1 + rng.below(6) : usual.sessionsMax(),
        rng.below(3) == 0 ? 1 + rng.below(6) : usual.aheadMax(),
        rng.below(6) == 0
            ? new Limits.Answers(4 + rng.below(40), 500 + rng.below(5_000), 4_000)
            : usual.answers(),
        rng.below(3) == 0 ? 1 + rng.below(4) : usual.expiriesMax(),
        rng.below(3) == 0 ? 1 + rng.below(2) : usual.consumersMax(),
        window(rng, usual.requests(), 700),
        window(rng, usual.openings(), 8_000));
  }

  /**
   * Draws a window of answers of at least {@code bytesMin}, so that all clients can open a session
   * in time once faults have ended.
   */
  private static Limits.Window window(Rng rng, Limits.Window usual, int bytesMin) {
    return rng.below(3) == 0
        ? new Limits.Window(
            1 + rng.below(100),
            100 + rng.below(3_000),
            rng.below(3) == 0 ? bytesMin + rng.below(20_000) : usual.bytesMax())
        : usual;
  }

  /**
   * Draws the settings of snapshots: half of the runs take snapshots and trim as much as possible.
   */
  private static SnapshotSettings snapshots(Rng rng) {
    SnapshotSettings usual = SnapshotSettings.defaults();
    return rng.below(2) == 0
        ? usual
        : new SnapshotSettings(
            500 + rng.below(rng.below(3) == 0 ? 30_000 : 8_000),
            rng.below(4_000),
            rng.below(2) == 0 ? 2_000 : usual.bytesMax(),
            usual.lapseMillis());
  }

  /** Whether links have so little bandwidth that messages wait for each other. */
  public boolean hasNarrowLinks() {
    return bandwidth.isLimited();
  }

  /** Whether a run is long enough for the log to be trimmed below a snapshot. */
  public boolean takesSnapshots() {
    return snapshots.everyBytes() < SnapshotSettings.defaults().everyBytes();
  }

  /** Whether more pairs may be due at once than one turn expires. */
  public boolean expiresFewAtOnce() {
    return limits.expiriesMax() < Limits.defaults().expiriesMax();
  }

  /** Whether clients reach the limits of waiting reads and acknowledgements. */
  public boolean letsFewReadsWait() {
    return callerLimits.readsMax() < CallerLimits.defaults().readsMax();
  }

  /** Whether answers to requests with ids are forgotten because of their bytes. */
  public boolean remembersFewRequestBytes() {
    return limits.requests().bytesMax() < Limits.defaults().requests().bytesMax();
  }

  /** Whether a heartbeat may be forgotten before its answer arrives. */
  public boolean remembersFewHeartbeats() {
    return heartbeatsRemembered < Settings.HEARTBEAT_HISTORY;
  }

  /** Whether the log stays far below its limit. */
  public boolean keepsLog() {
    return snapshots.bytesMax() == SnapshotSettings.defaults().bytesMax();
  }

  /** The limits of callers at every node. */
  public CallerLimits callerLimits() {
    return callerLimits;
  }

  /** The settings of a node that supports levels up to this one. */
  public Engine.Tuning tuning(int supportedLevel) {
    return new Engine.Tuning(
        remembering(heartbeatsRemembered), callerLimits, snapshots, limits, supportedLevel);
  }

  /** How many slots after its own a membership governs. */
  public int membershipDistance() {
    return membershipDistance;
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
        heartbeats,
        membershipDistance);
  }

  private static Settings settings(Rng rng, int payloadBytesMax) {
    boolean tight = rng.below(2) == 0;
    boolean scarce = rng.below(6) == 0;
    long timeout = rng.between(200, 1_000) * MILLIS;
    return new Settings(
        timeout / 10,
        timeout,
        timeout / (3 + rng.below(8)),
        timeout * (1 + rng.below(2)),
        tight ? 200 + rng.below(2_000) : 1 << 20,
        1 + rng.below(tight ? 8 : 64),
        tight ? 1_000 + rng.below(8_000) : 16L << 20,
        tight ? largest(payloadBytesMax) + rng.below(scarce ? 500 : 60_000) : 64L << 20,
        tight ? 300 + rng.below(3_000) : 1 << 20,
        tight ? 1_000 + rng.below(20_000) : 32L << 20,
        Settings.HEARTBEAT_HISTORY,
        Settings.MEMBERSHIP_DISTANCE);
  }

  /**
   * Settings for slow links, with so much in flight that a resend interval may be shorter than the
   * time of an answer.
   */
  private static Settings narrow(Rng rng, long timeout) {
    return new Settings(
        timeout / 10,
        timeout,
        timeout / (20 + rng.below(30)),
        2 * timeout,
        200 + rng.below(2_000),
        4 + rng.below(12),
        6_000 + rng.below(14_000),
        60_000 + rng.below(60_000),
        2_000 + rng.below(2_000),
        1_000 + rng.below(20_000),
        Settings.HEARTBEAT_HISTORY,
        Settings.MEMBERSHIP_DISTANCE);
  }

  @Override
  public String toString() {
    return voters + " voters, " + learners + " learners, faults " + kinds;
  }
}
