package io.synod.metrics;

import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.port.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Liveness and readiness of this process. Neither depends on a quorum that may return, since a
 * partition must not restart every sidecar, nor take every application out of service. Any thread
 * may call any method; none blocks.
 */
public final class HealthChecks {
  private final Clock clock;
  private final long stallNanos;
  private final CaughtUp caughtUp = new CaughtUp();
  private final List<NamedCheck> alsoTurning = new CopyOnWriteArrayList<>();
  private volatile boolean turned;
  private volatile long turnedNanos;
  private volatile boolean serving;
  private volatile @Nullable Supplier<NodeStatus> status;

  /**
   * Health by this clock.
   *
   * @param stall how long the loop may take for a turn before it counts as stuck
   */
  public HealthChecks(Clock clock, Duration stall) {
    this.clock = clock;
    this.stallNanos = stall.toNanos();
  }

  /** Records that the loop ended a turn: the log is replayed, and core and disk make progress. */
  void turned() {
    turnedNanos = clock.nanos();
    turned = true;
  }

  /** Adds another thread to the liveness check, with a test of its progress. */
  public void alsoTurning(String name, BooleanSupplier turns) {
    alsoTurning.add(new NamedCheck(name, turns));
  }

  /** Sets the source of the node's status. */
  void watch(Supplier<NodeStatus> source) {
    status = source;
  }

  /** Sets whether the client API serves; false again while stopping. */
  public void serving(boolean now) {
    serving = now;
  }

  /** Whether the log is replayed and the loop has turned. */
  public boolean started() {
    return turned;
  }

  /** Whether the loop and the other required threads make progress; independent of other nodes. */
  public boolean live() {
    return liveChecks().stream().allMatch(Check::ok);
  }

  /** Whether the log is replayed, the client API serves and the node has caught up. */
  public boolean ready() {
    return readyChecks().stream().allMatch(Check::ok);
  }

  /** The checks of {@link #live}. */
  public List<Check> liveChecks() {
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("loop turns", turned && clock.nanos() - turnedNanos <= stallNanos));
    for (NamedCheck also : alsoTurning) {
      checks.add(new Check(also.name() + " turns", also.turns().getAsBoolean()));
    }
    return checks;
  }

  /** The checks of {@link #ready}. */
  public List<Check> readyChecks() {
    Supplier<NodeStatus> source = status;
    NodeStatus now = turned && source != null ? source.get() : null;
    return List.of(
        new Check("log replayed", turned),
        new Check("local API serves", serving),
        new Check("commands can ever be chosen", now == null || !now.availability().isForGood()),
        new Check("state agrees with peers", now == null || !now.standing().quarantined()),
        new Check("caught up", now != null && caughtUp.check(now, clock.nanos())));
  }

  /** One condition, with its name for display. */
  public record Check(String name, boolean ok) {}

  private record NamedCheck(String name, BooleanSupplier turns) {}
}
