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
 * Whether this process turns, and whether the application beside it should be sent work. Neither
 * depends on a quorum that may come back: a partition must not restart every sidecar, nor take
 * every application out of service. Any thread may call any method; none blocks.
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
   * @param stall the loop is stuck once it has not turned for so long
   */
  public HealthChecks(Clock clock, Duration stall) {
    this.clock = clock;
    this.stallNanos = stall.toNanos();
  }

  /** The loop ended a cycle: the log is replayed, the core turns, and so does the disk's sync. */
  void turned() {
    turnedNanos = clock.nanos();
    turned = true;
  }

  /** Names another thread without which this process is dead, and how to know that it turns. */
  public void alsoTurning(String name, BooleanSupplier turns) {
    alsoTurning.add(new NamedCheck(name, turns));
  }

  /** Whose progress to watch. */
  void watch(Supplier<NodeStatus> source) {
    status = source;
  }

  /** Tells whether the services on localhost take calls; false again while stopping. */
  public void serving(boolean now) {
    serving = now;
  }

  /** Whether the log is replayed and the loop has turned. */
  public boolean started() {
    return turned;
  }

  /** Whether the loop and everything else that must turn does. Nothing about other nodes. */
  public boolean live() {
    return liveChecks().stream().allMatch(Check::ok);
  }

  /** Whether the log is replayed, the local API serves and the node is as far as it can be. */
  public boolean ready() {
    return readyChecks().stream().allMatch(Check::ok);
  }

  /** What {@link #live} rests on. */
  List<Check> liveChecks() {
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("loop turns", turned && clock.nanos() - turnedNanos <= stallNanos));
    for (NamedCheck also : alsoTurning) {
      checks.add(new Check(also.name() + " turns", also.turns().getAsBoolean()));
    }
    return checks;
  }

  /** What {@link #ready} rests on. */
  List<Check> readyChecks() {
    Supplier<NodeStatus> source = status;
    NodeStatus now = turned && source != null ? source.get() : null;
    return List.of(
        new Check("log replayed", turned),
        new Check("local API serves", serving),
        new Check("commands can ever be chosen", now == null || !now.availability().isForGood()),
        new Check("state agrees with peers", now == null || !now.standing().quarantined()),
        new Check("caught up", now != null && caughtUp.check(now, clock.nanos())));
  }

  /** One condition, for people. */
  record Check(String name, boolean ok) {}

  private record NamedCheck(String name, BooleanSupplier turns) {}
}
