package io.synod.sim.recovery;

import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import java.util.function.BooleanSupplier;

/**
 * Advances the simulated time until a condition holds, and reports a violation of I19 if that takes
 * too long.
 */
final class BoundedWait {
  private static final long STEP_NANOS = 50_000_000L;

  private final World world;
  private final Rng rng;

  BoundedWait(World world, Rng rng) {
    this.world = world;
    this.rng = rng;
  }

  void await(String what, long patience, BooleanSupplier done) {
    long since = world.now();
    while (!done.getAsBoolean()) {
      // A process that started since then has as long again, but this extension is granted only
      // once.
      long begun = Math.min(Math.max(since, lastStart()), since + patience);
      if (world.now() >= begun + patience) {
        throw new Violation("I19", what + " was awaited for " + patience / 1_000_000 + " ms");
      }
      // The steps are irregular, since regular ones could always meet a periodic event at the same
      // moment.
      long step = rng.between(STEP_NANOS / 2, 3 * STEP_NANOS / 2);
      world.eventQueue().runUntil(world.now() + step);
    }
  }

  /** The last time at which a process started. */
  private long lastStart() {
    long last = 0;
    for (Host host : world.hosts()) {
      last = Math.max(last, host.startedAt());
    }
    return last;
  }
}
