package io.synod.sim.fault;

import io.synod.sim.check.time.LogTimes.Truth;
import io.synod.sim.cluster.Host;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.WallClockProfile;
import java.util.List;

/** Sets, steps and stops the wall clocks of hosts within the limits of the run's profile. */
public final class WallClocks {
  private static final long RIGHT_MILLIS = 100;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long TEN_YEARS_MILLIS = 10 * 365 * 24 * HOUR_MILLIS;

  private final WallClockProfile profile;

  public WallClocks(WallClockProfile profile) {
    this.profile = profile;
  }

  /** Sets the clocks at the start of a run. */
  public void set(List<Host> hosts) {
    for (Host host : hosts) {
      if (profile.truth() != Truth.NONE && !isWrong(host)) {
        host.clock.set(host.clock.wallAheadMillis() % RIGHT_MILLIS);
      } else if (profile.truth() == Truth.RIGHT) {
        host.clock.set(Math.abs(host.clock.wallAheadMillis()));
      }
    }
  }

  /** Sets the clock of a host, if it may be wrong. */
  void step(Host host, Rng rng) {
    long most =
        switch (rng.below(6)) {
          case 0 -> TEN_YEARS_MILLIS;
          case 1 -> HOUR_MILLIS;
          default -> 60_000;
        };
    if (profile.truth() == Truth.NONE) {
      host.clock.step(rng.between(-60_000, 60_000));
    } else if (isWrong(host)) {
      host.clock.set(rng.between(profile.truth() == Truth.RIGHT ? 0 : -most, most));
    }
  }

  /**
   * Stops the clock of a host, if it may be wrong. If no clock may be behind, it is first set so
   * far ahead that true time does not reach it.
   */
  void freeze(Host host, Rng rng) {
    if (profile.truth() == Truth.RIGHT && isWrong(host)) {
      host.clock.set(rng.between(HOUR_MILLIS, TEN_YEARS_MILLIS));
    }
    if (profile.truth() == Truth.NONE || isWrong(host)) {
      host.clock.freeze();
    }
  }

  /** Sets all clocks right at the end of faults, if all may be wrong. */
  void mend(List<Host> hosts) {
    if (profile.truth() == Truth.NONE) {
      hosts.forEach(host -> host.clock.set(host.clock.wallAheadMillis() % RIGHT_MILLIS));
    }
  }

  private boolean isWrong(Host host) {
    return profile.mayBeWrong(host.node);
  }
}
