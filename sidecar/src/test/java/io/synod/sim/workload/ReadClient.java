package io.synod.sim.workload;

import io.synod.runtime.node.Node;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The reads of one client, at every level, each of which is checked against its level's promise.
 */
final class ReadClient {
  private static final long MILLIS = 1_000_000L;
  private static final long BOUND_MILLIS = 500;
  private static final List<ReadLevel> LEVELS = List.of(ReadLevel.values());

  private final SimulatedClient caller;

  ReadClient(SimulatedClient caller) {
    this.caller = caller;
  }

  /** The index that a read at this level must reach. */
  private record ReadBound(ReadLevel level, long floor) {}

  /**
   * Reads at a random level.
   *
   * @param served gets the index of the state at the moment it may be read
   * @param next runs afterwards, and also if the read fails
   */
  void read(Host host, Node node, LongConsumer served, Runnable next) {
    ReadLevel level = LEVELS.get(Math.max(0, caller.rng.below(6) - 2));
    long least = 0;
    if (level == ReadLevel.STRONG || level == ReadLevel.BOUNDED) {
      least = caller.workload.linearizable.begin();
    } else if (level == ReadLevel.SESSION) {
      least = host.ackedIndex();
    }
    ReadBound bound = new ReadBound(level, least);
    caller.call(
        host,
        patience -> node.reads().read(level, Duration.ofMillis(BOUND_MILLIS), 0, patience),
        readFreshness -> {
          if (readFreshness instanceof ReadFreshness.Fresh fresh) {
            check(host, node, bound, fresh);
            served.accept(fresh.appliedIndex());
          }
          next.run();
        },
        next);
  }

  private void check(Host host, Node node, ReadBound bound, ReadFreshness.Fresh fresh) {
    long index = fresh.appliedIndex();
    World world = caller.world;
    world.trace(() -> "caller at " + host.node + " read " + index + " " + bound);
    if (bound.level() == ReadLevel.STRONG) {
      caller.workload.linearizable.read(bound.floor(), index);
    } else if (fresh.stalenessNanos() >= 0) {
      // Clocks drift by at most half a thousandth.
      long age = fresh.stalenessNanos() + fresh.stalenessNanos() / 1_000 + MILLIS;
      caller.workload.linearizable.stale(world.now() + host.clock.spent() - age, index);
    }
    if (bound.level() == ReadLevel.BOUNDED) {
      // A read above its bound of staleness must have asked the leader after it began.
      if (fresh.stalenessNanos() < 0 || fresh.stalenessNanos() > BOUND_MILLIS * MILLIS) {
        caller.workload.linearizable.read(bound.floor(), index);
      }
    } else if (index < bound.floor()) {
      throw new Violation("I10", "a read of " + index + " where it had to be: " + bound);
    }
    if (index > node.appliedLog().appliedIndex() || index > node.reads().state().index()) {
      throw new Violation("I10", "a read of " + index + " is not served by feed and state");
    }
    if (!host.voter) {
      world.mark(CoverageMark.LEARNER_READ);
    }
  }
}
