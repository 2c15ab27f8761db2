package io.synod.sim.workload;

import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import java.time.Duration;

/**
 * The deadline of one call, which checks I19 for it: a running process answers by the deadline or
 * within a margin, even if its disk is full or no peer is reachable. A process that was paused has
 * the margin after the pause.
 */
final class AnswerDeadline {
  // A node checks its waiting calls every 10 ms.
  private static final long SWEEP_NANOS = 20_000_000L;

  private final World world;
  private final Host host;
  private final long dueNanos;
  private final long marginNanos;
  // The end of the first turn that began after the deadline, by the host's clock.
  private long firstTurnNanos = Long.MAX_VALUE;

  /** Creates the deadline of a call that begins now. */
  AnswerDeadline(World world, Host host, Duration patience) {
    this.world = world;
    this.host = host;
    this.dueNanos = host.clock.nanos() + patience.toNanos();
    // A node that cannot decide anything takes a turn once per heartbeat interval.
    this.marginNanos = 2 * world.profile().settings.heartbeatNanos() + SWEEP_NANOS;
  }

  /** The call still waits after a turn that began at {@code beganNanos}. */
  void turned(long beganNanos) {
    if (beganNanos < dueNanos) {
      return;
    }
    long mayTurnAt = Math.max(host.clock.worldAt(dueNanos), host.busyUntil);
    boolean turnedTooLate = world.now() - mayTurnAt > marginNanos;
    boolean leftWaiting =
        firstTurnNanos != Long.MAX_VALUE && beganNanos - firstTurnNanos > marginNanos;
    if (turnedTooLate || leftWaiting) {
      throw new Violation(
          "I19",
          "node "
              + host.node
              + " has not answered a call "
              + (beganNanos - dueNanos) / 1_000
              + " us after its deadline");
    }
    firstTurnNanos = Math.min(firstTurnNanos, host.clock.nanos());
  }
}
