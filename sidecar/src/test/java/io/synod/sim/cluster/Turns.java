package io.synod.sim.cluster;

import io.synod.paxos.value.Input;
import io.synod.runtime.port.JournalException;
import io.synod.sim.check.Violation;
import io.synod.storage.disk.DirectoryException;
import java.util.ArrayList;
import java.util.List;

/** Schedules the turns of processes, and runs each turn as one event of simulated time. */
final class Turns {
  private static final long MICROS = 1_000L;
  private static final long IDLE_NANOS = 10_000_000_000L;

  private final World world;
  private final Surroundings surroundings;
  private final Endings endings;

  /** A listener for processes that end within a turn. */
  interface Endings {
    /** It crashed before this effect. */
    void ended(Host host, String where);

    /** It stopped because of this exception. */
    void failed(Host host, RuntimeException why);
  }

  Turns(World world, Surroundings surroundings, Endings endings) {
    this.world = world;
    this.surroundings = surroundings;
    this.endings = endings;
  }

  /** Schedules a turn now, or as soon as the process is not busy. */
  void book(Host host) {
    book(host, world.now());
  }

  /** Schedules a turn at {@code at}, unless an earlier one is scheduled. */
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
    throwRecorded(host);
  }

  /** Runs a task of a background thread. */
  void beside(Host host, Runnable task) {
    try {
      task.run();
    } catch (CrashException crashException) {
      endings.ended(host, crashException.where());
    } catch (RuntimeException broken) {
      throw Violation.unexpected(host.node, broken);
    }
    throwRecorded(host);
  }

  private void throwRecorded(Host host) {
    surroundings.throwRecorded();
    world.checkers().throwRecorded();
    if (host.disk.wasAskedAgain()) {
      throw new Violation("I17", "node " + host.node + " synced its disk again after a failure");
    }
  }
}
