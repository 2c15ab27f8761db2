package io.synod.sim.recovery;

import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import java.util.function.BooleanSupplier;

/** Lets simulated time pass until a condition holds; I19 is broken if that takes too long. */
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
      // A process that came back in the calm has its time too, but not for ever.
      long begun = Math.min(Math.max(since, lastStart()), since + patience);
      if (world.now() >= begun + patience) {
        throw new Violation("I19", what + " was awaited for " + patience / 1_000_000 + " ms");
      }
      // Not at a steady pace: what recurs at the same one would be met at the same moment for ever.
      long step = rng.between(STEP_NANOS / 2, 3 * STEP_NANOS / 2);
      world.eventQueue().runUntil(world.now() + step);
    }
  }

  /** When a process began last. */
  private long lastStart() {
    long last = 0;
    for (Host host : world.hosts()) {
      last = Math.max(last, host.startedAt());
    }
    return last;
  }
}
