package io.synod.sim.cluster;

import io.synod.runtime.port.Clock;
import io.synod.sim.disk.Rng;

/** The clocks of one machine, which have random origins and drift a little. */
public final class HostClock implements Clock {
  public static final long EPOCH_MILLIS = 1_750_000_000_000L;
  private static final long GOES = Long.MIN_VALUE;

  private final EventQueue eventQueue;
  private final long originNanos;
  private long wallOffsetMillis;
  // How many parts per million the monotonic clock is too fast.
  private long skewPerMillion;
  private long aheadNanos;
  private long anchorWorld;
  private long anchorHost;
  // The time at which the wall clock stands still; GOES if it runs.
  private long frozenMillis = GOES;

  HostClock(EventQueue eventQueue, Rng rng) {
    this.eventQueue = eventQueue;
    this.originNanos = rng.between(-1L << 50, 1L << 50);
    this.wallOffsetMillis = rng.between(-300_000, 300_000);
    this.anchorHost = originNanos;
  }

  /** Sets how many parts per million the clocks are too fast from now on. */
  public void skew(long perMillion) {
    anchorHost = hostAt(eventQueue.now());
    anchorWorld = eventQueue.now();
    skewPerMillion = perMillion;
  }

  /** Steps the wall clock, and lets it run. */
  public void step(long millis) {
    set(wallOffsetMillis + millis);
  }

  /** Sets how far the wall clock is ahead of the true time, and lets it run. */
  public void set(long aheadMillis) {
    wallOffsetMillis = aheadMillis;
    frozenMillis = GOES;
  }

  /** Stops the wall clock until it is set or thawed; the monotonic clock runs on. */
  public void freeze() {
    frozenMillis = wallMillis();
  }

  /** Lets the wall clock run, at the time that it would show if it had not stopped. */
  public void thaw() {
    frozenMillis = GOES;
  }

  public boolean isFrozen() {
    return frozenMillis != GOES;
  }

  public long wallAheadMillis() {
    return wallOffsetMillis;
  }

  /** Lets time pass within a turn, before the simulated time advances. */
  void spend(long nanos) {
    aheadNanos += nanos;
  }

  public long spent() {
    return aheadNanos;
  }

  void settle() {
    aheadNanos = 0;
  }

  /** The simulated time at which the monotonic clock shows {@code host}. */
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
