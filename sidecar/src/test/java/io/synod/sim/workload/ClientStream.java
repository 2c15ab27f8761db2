package io.synod.sim.workload;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import java.util.Objects;

/**
 * A stream from a sidecar to an application beside it. What is sent arrives in order and a little
 * later, within what the sidecar allows for that; now and then the application reads nothing for a
 * while. It breaks when the process ends, and what was sent arrives all the same.
 */
final class ClientStream {
  private static final long WAKE_NANOS_MAX = 2_000_000L;
  // A little less than the part of a time to live that a sidecar allows for.
  private static final int TRANSIT_PART = 55;
  private static final int SLOW_ONE_IN = 10;

  private final World world;
  private final Rng rng;
  private final Host host;
  private final SimulatedProcess process;
  private final Runnable pump;
  private long readyAt;
  private long arrivedAt;
  private boolean booked;
  private boolean closed;

  /**
   * A stream from the process that runs on {@code host}.
   *
   * @param pump sends what there is to send
   */
  ClientStream(World world, Rng rng, Host host, Runnable pump) {
    this.world = world;
    this.rng = rng;
    this.host = host;
    this.process = Objects.requireNonNull(host.process);
    this.pump = pump;
  }

  Host host() {
    return host;
  }

  /** Whether its process is no more. */
  boolean isBroken() {
    return host.process != process;
  }

  /** Whether the application takes another message now. */
  boolean isReady() {
    return world.now() >= readyAt;
  }

  /** Lets the pump run soon. */
  void signal() {
    book(world.now() + rng.between(0, WAKE_NANOS_MAX));
  }

  private void book(long at) {
    if (!booked && !closed) {
      booked = true;
      world.eventQueue().at(at, this::step);
    }
  }

  private void step() {
    booked = false;
    if (closed || isBroken()) {
      return;
    }
    boolean paused = host.busyUntil > world.now() && host.busyUntil > host.turnEnds;
    if (paused) {
      book(host.busyUntil);
    } else {
      pump.run();
    }
  }

  /** Sends a message, which does this when it arrives. */
  void send(Runnable arrival) {
    long ttlNanos = world.profile().ttlMillis * 1_000_000L;
    arrivedAt = Math.max(arrivedAt, world.now() + rng.between(0, ttlNanos / TRANSIT_PART));
    world.eventQueue().at(arrivedAt, arrival);
    if (!world.isCalm() && rng.below(SLOW_ONE_IN) == 0) {
      readyAt = world.now() + rng.around(ttlNanos);
      world.eventQueue().at(readyAt, this::signal);
    }
  }

  /** The application goes away. */
  void close() {
    closed = true;
  }
}
