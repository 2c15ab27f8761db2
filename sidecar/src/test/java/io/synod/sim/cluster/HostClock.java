package io.synod.sim.cluster;

import io.synod.runtime.port.Clock;
import io.synod.sim.disk.Rng;

/** One machine's clocks: they begin anywhere, and run a little too fast or too slow. */
public final class HostClock implements Clock {
  public static final long EPOCH_MILLIS = 1_750_000_000_000L;
  private static final long GOES = Long.MIN_VALUE;

  private final EventQueue eventQueue;
  private final long originNanos;
  private long wallOffsetMillis;
  // Parts in a million that it runs too fast.
  private long skewPerMillion;
  private long aheadNanos;
  private long anchorWorld;
  private long anchorHost;
  // What the wall clock shows while it stands still.
  private long frozenMillis = GOES;

  HostClock(EventQueue eventQueue, Rng rng) {
    this.eventQueue = eventQueue;
    this.originNanos = rng.between(-1L << 50, 1L << 50);
    this.wallOffsetMillis = rng.between(-300_000, 300_000);
    this.anchorHost = originNanos;
  }

  /** Runs so much too fast from now on. */
  public void skew(long perMillion) {
    anchorHost = hostAt(eventQueue.now());
    anchorWorld = eventQueue.now();
    skewPerMillion = perMillion;
  }

  /** The wall clock is set by so much, and goes on. */
  public void step(long millis) {
    set(wallOffsetMillis + millis);
  }

  /** The wall clock is set to so much more than the true time, and goes on. */
  public void set(long aheadMillis) {
    wallOffsetMillis = aheadMillis;
    frozenMillis = GOES;
  }

  /** The wall clock stands still until it is set; the monotonic clock goes on. */
  public void freeze() {
    frozenMillis = wallMillis();
  }

  /** Goes on from where it would be if it had not stood still. */
  public void thaw() {
    frozenMillis = GOES;
  }

  public boolean isFrozen() {
    return frozenMillis != GOES;
  }

  public long wallAheadMillis() {
    return wallOffsetMillis;
  }

  /** Time that passes inside a turn, before the world's clock moves. */
  void spend(long nanos) {
    aheadNanos += nanos;
  }

  public long spent() {
    return aheadNanos;
  }

  void settle() {
    aheadNanos = 0;
  }

  /** The world's time when this clock shows {@code host}. */
  public long worldAt(long host) {
    if (host == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long ahead = host - anchorHost;
    return anchorWorld + ahead - ahead / 1_000_000 * skewPerMillion;
  }

  @Override
  public long nanos() {
    return hostAt(eventQueue.now() + aheadNanos);
  }

  @Override
  public long wallMillis() {
    return isFrozen()
        ? frozenMillis
        : EPOCH_MILLIS + wallOffsetMillis + (nanos() - originNanos) / 1_000_000;
  }

  private long hostAt(long world) {
    long passed = world - anchorWorld;
    return anchorHost + passed + passed / 1_000_000 * skewPerMillion;
  }
}
