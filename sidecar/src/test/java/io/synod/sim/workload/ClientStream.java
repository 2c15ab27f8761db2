package io.synod.sim.workload;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import java.util.Objects;

/**
 * A stream from a sidecar to the application beside it. Messages arrive in order after a delay,
 * which is within the sidecar's allowance; at times the application does not read for a while. The
 * stream breaks when the process ends, but messages that were sent still arrive.
 */
final class ClientStream {
  private static final long WAKE_NANOS_MAX = 2_000_000L;
  // The delay is at most this part of a time to live, slightly below the sidecar's allowance.
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
   * Opens a stream from the process on {@code host}.
   *
   * @param pump sends what is pending
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

  /** Whether its process has ended. */
  boolean isBroken() {
    return host.process != process;
  }

  /** Whether the application accepts another message now. */
  boolean isReady() {
    return world.now() >= readyAt;
  }

  /** Runs the pump soon. */
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

  /** Sends a message; the callback runs when it arrives. */
  void send(Runnable arrival) {
    long ttlNanos = world.profile().ttlMillis * 1_000_000L;
    arrivedAt = Math.max(arrivedAt, world.now() + rng.between(0, ttlNanos / TRANSIT_PART));
    world.eventQueue().at(arrivedAt, arrival);
    if (!world.isCalm() && rng.below(SLOW_ONE_IN) == 0) {
      readyAt = world.now() + rng.around(ttlNanos);
      world.eventQueue().at(readyAt, this::signal);
    }
  }

  /** The application disconnects. */
  void close() {
    closed = true;
  }
}
