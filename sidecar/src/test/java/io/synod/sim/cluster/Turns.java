package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.runtime.port.JournalException;
import io.synod.sim.check.Violation;
import io.synod.storage.disk.DirectoryException;
import java.util.ArrayList;
import java.util.List;

/** Lets processes turn: books their turns, and runs each as one event of simulated time. */
final class Turns {
  private static final long MICROS = 1_000L;
  private static final long IDLE_NANOS = 10_000_000_000L;

  private final World world;
  private final Surroundings surroundings;
  private final Endings endings;

  /** Is told of a process that does not come to the end of its turn. */
  interface Endings {
    /** It ended in the middle of something. */
    void ended(Host host, String where);

    /** It stopped of its own accord. */
    void failed(Host host, RuntimeException why);
  }

  Turns(World world, Surroundings surroundings, Endings endings) {
    this.world = world;
    this.surroundings = surroundings;
    this.endings = endings;
  }

  /** A turn shall happen now, or as soon as the process is not busy. */
  void book(Host host) {
    book(host, world.now());
  }

  /** A turn shall happen at {@code at} or before. */
  void book(Host host, long at) {
    long when = Math.max(Math.max(at, world.now()), host.busyUntil);
    if (when >= host.turnAt) {
      return;
    }
    host.turnAt = when;
    long booking = ++host.booking;
    world.eventQueue().at(when, () -> turn(host, booking));
  }

  private void turn(Host host, long booking) {
    SimulatedProcess process = host.process;
    if (booking != host.booking || process == null) {
      return;
    }
    host.turnAt = Long.MAX_VALUE;
    if (host.busyUntil > world.now()) {
      book(host, host.busyUntil);
      return;
    }
    if (host.turnEnds > world.now()) {
      throw new IllegalStateException("the clock of node " + host.node + " would run back");
    }
    List<Input> inputs = host.inbox;
    host.inbox = new ArrayList<>();
    world.count(host.node * 31L + inputs.size());
    try {
      host.turning = true;
      world.turning(host.clock);
      long beganNanos = host.clock.nanos();
      long wake = process.turn(inputs);
      surroundings.turned(host, beganNanos);
      host.turning = false;
      long spent = host.clock.spent();
      host.clock.settle();
      host.turnBegan = world.now();
      host.turnEnds = world.now() + spent + 20 * MICROS;
      host.busyUntil = host.turnEnds;
      book(host, Math.min(host.clock.worldAt(wake), world.now() + IDLE_NANOS));
    } catch (CrashException crashException) {
      endings.ended(host, crashException.where());
    } catch (JournalException | DirectoryException failed) {
      endings.failed(host, failed);
    } catch (Violation violation) {
      throw violation;
    } catch (RuntimeException broken) {
      throw Violation.unexpected(host.node, broken);
    }
    world.turning(null);
    confess(host);
  }

  /** Does what a process does beside its loop. */
  void beside(Host host, Runnable task) {
    try {
      task.run();
    } catch (CrashException crashException) {
      endings.ended(host, crashException.where());
    } catch (RuntimeException broken) {
      throw Violation.unexpected(host.node, broken);
    }
    confess(host);
  }

  private void confess(Host host) {
    surroundings.confess();
    world.checkers().confess();
    if (host.disk.wasAskedAgain()) {
      throw new Violation("I17", "node " + host.node + " asked its disk again after a failure");
    }
  }
}
