package io.synod.sim;

import io.synod.runtime.Clock;
import io.synod.sim.disk.Dice;

/** One machine's clocks: they begin anywhere, and run a little too fast or too slow. */
final class HostClock implements Clock {
  static final long EPOCH_MILLIS = 1_750_000_000_000L;

  private final Agenda agenda;
  private final long originNanos;
  private long wallOffsetMillis;
  // Parts in a million that it runs too fast.
  private long skewPerMillion;
  private long aheadNanos;
  private long anchorWorld;
  private long anchorHost;

  HostClock(Agenda agenda, Dice dice) {
    this.agenda = agenda;
    this.originNanos = dice.between(-1L << 50, 1L << 50);
    this.wallOffsetMillis = dice.between(-300_000, 300_000);
    this.anchorHost = originNanos;
  }

  /** Runs so much too fast from now on. */
  void skew(long perMillion) {
    anchorHost = hostAt(agenda.now());
    anchorWorld = agenda.now();
    skewPerMillion = perMillion;
  }

  /** The wall clock is set by so much. */
  void step(long millis) {
    wallOffsetMillis += millis;
  }

  /** The wall clock is set to so much more than the true time. */
  void set(long aheadMillis) {
    wallOffsetMillis = aheadMillis;
  }

  long wallAheadMillis() {
    return wallOffsetMillis;
  }

  /** Time that passes inside a turn, before the world's clock moves. */
  void spend(long nanos) {
    aheadNanos += nanos;
  }

  long spent() {
    return aheadNanos;
  }

  void settle() {
    aheadNanos = 0;
  }

  /** The world's time when this clock shows {@code host}. */
  long worldAt(long host) {
    if (host == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long ahead = host - anchorHost;
    return anchorWorld + ahead - ahead / 1_000_000 * skewPerMillion;
  }

  @Override
  public long nanos() {
    return hostAt(agenda.now() + aheadNanos);
  }

  @Override
  public long wallMillis() {
    return EPOCH_MILLIS + wallOffsetMillis + (nanos() - originNanos) / 1_000_000;
  }

  private long hostAt(long world) {
    long passed = world - anchorWorld;
    return anchorHost + passed + passed / 1_000_000 * skewPerMillion;
  }
}
