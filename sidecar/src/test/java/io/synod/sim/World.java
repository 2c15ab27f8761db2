package io.synod.sim;

import io.synod.paxos.Event;
import io.synod.paxos.Input;
import io.synod.runtime.port.JournalException;
import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Bounded;
import io.synod.sim.check.Court;
import io.synod.sim.check.LogTimes;
import io.synod.sim.check.Stability;
import io.synod.sim.check.TrueFormation;
import io.synod.sim.check.Violation;
import io.synod.sim.check.Witness;
import io.synod.sim.disk.Dice;
import io.synod.storage.DirectoryException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster on simulated machines, clocks, disks and links, all from one seed: first everything in
 * its weather may go wrong, then nothing does and it must recover, then everything is audited.
 */
final class World {
  static final long CLUSTER = 0x53594e4f44L;
  private static final long MICROS = 1_000L;
  private static final int TRACE_LINES = 200_000;

  private final Plan plan;
  private final Mutant mutant;
  private final Agenda agenda = new Agenda();
  private final Dice dice;
  private final Weather weather;
  private final Trace trace;
  private final Marks marks = new Marks();
  private final Noticed noticed = new Noticed(marks);
  private final List<Host> hosts = new ArrayList<>();
  private final Net net;
  private final Transport transport;
  private final Court court;
  private final Machines machines;
  private final Witness witness;
  private final Crowd crowd;
  private @Nullable Host turning;
  private final Mayhem mayhem;
  private final Trimming trimming;
  private boolean calm;
  private long calmSince;

  private World(Plan plan, Mutant mutant, boolean telling) {
    this.plan = plan;
    this.mutant = mutant;
    this.trace = new Trace(telling ? TRACE_LINES : 0);
    this.dice = new Dice(plan.seed());
    this.weather = Weather.draw(dice.fork(), plan.faults());
    this.court =
        new Court(
            new Stability(new Undisturbed(this)),
            new TrueFormation(weather.voterNodes()),
            new Bounded(weather.tuning(), bound -> mark(Mark.valueOf(bound.name()))),
            logTimes());
    int nodes = weather.voters + weather.learners;
    this.transport = new Transport(this, nodes);
    this.net = new Net(nodes, transport::reconnected);
    for (int node = 1; node <= nodes; node++) {
      hosts.add(new Host(node, node <= weather.voters, agenda, court, dice.fork()));
    }
    weather.clocks.set(hosts);
    this.machines = new Machines(this, dice.fork());
    this.witness = new Witness(court.ghost(), new Happenings(this), weather.limits);
    this.crowd = new Crowd(this, dice.fork(), witness);
    this.mayhem = new Mayhem(this, dice.fork());
    this.trimming = new Trimming(this, 1 + (int) Math.floorMod(plan.seed(), (long) weather.voters));
  }

  private LogTimes logTimes() {
    return new LogTimes(
        weather.clocks.truth(),
        () -> micros(trueNow()),
        seat -> micros(host(seat.node()).turnBegan),
        weather.settings.electionTimeoutNanos() / MICROS);
  }

  private static long micros(long nanos) {
    return HostClock.EPOCH_MILLIS * 1_000 + nanos / MICROS;
  }

  /** Runs a plan to its end. */
  static Report run(Plan plan, Mutant mutant, boolean telling) {
    World world = new World(plan, mutant, telling);
    Violation violation = null;
    try {
      world.live();
    } catch (Violation found) {
      violation = found;
      for (Host host : world.hosts) {
        world.tell(() -> "at the end " + host);
      }
    }
    Trace trace = world.trace;
    return new Report(plan, violation, trace.events(), trace.hash(), world.marks, trace.lines());
  }

  private void live() {
    tell(() -> "seed " + plan.seed() + ": " + weather);
    if (weather.voters == 1) {
      mark(Mark.SINGLE_VOTER);
    }
    for (Host host : hosts) {
      agenda.at(dice.between(0, 200_000_000L), () -> machines.start(host));
    }
    crowd.begin();
    mayhem.begin(plan.safetyNanos());
    runUntil(plan.safetyNanos());
    calm = true;
    calmSince = agenda.now();
    new Recovery(this, dice.fork()).run();
    new Audit(this).run();
  }

  void runUntil(long time) {
    while (agenda.next() <= time) {
      agenda.step();
    }
    agenda.at(time, () -> {});
    agenda.step();
  }

  /** Whether no limit of the log is ever reached, so that what open watches want stays. */
  boolean keepsLogForWatches() {
    return weather.keepsLog();
  }

  // ---- turns

  /** A turn shall happen at {@code at} or before. */
  void bookTurn(Host host, long at) {
    long when = Math.max(Math.max(at, agenda.now()), host.busyUntil);
    if (when >= host.turnAt) {
      return;
    }
    host.turnAt = when;
    long booking = ++host.booking;
    agenda.at(when, () -> turn(host, booking));
  }

  private void turn(Host host, long booking) {
    Instance process = host.process;
    if (booking != host.booking || process == null) {
      return;
    }
    host.turnAt = Long.MAX_VALUE;
    if (host.busyUntil > agenda.now()) {
      bookTurn(host, host.busyUntil);
      return;
    }
    if (host.turnEnds > agenda.now()) {
      throw new IllegalStateException("the clock of node " + host.node + " would run back");
    }
    List<Input> inputs = host.inbox;
    host.inbox = new ArrayList<>();
    trace.event(agenda.now(), host.node * 31L + inputs.size());
    try {
      host.turning = true;
      turning = host;
      long wake = process.turn(inputs);
      witness.follow();
      host.turning = false;
      long spent = host.clock.spent();
      host.clock.settle();
      host.turnBegan = agenda.now();
      host.turnEnds = agenda.now() + spent + 20 * MICROS;
      host.busyUntil = host.turnEnds;
      bookTurn(host, Math.min(host.clock.worldAt(wake), agenda.now() + 10_000_000_000L));
    } catch (Crashed crashed) {
      machines.ended(host, crashed.where());
    } catch (JournalException | DirectoryException failed) {
      machines.failed(host, failed);
    } catch (Violation violation) {
      throw violation;
    } catch (RuntimeException broken) {
      throw unexpected(host, broken);
    }
    turning = null;
    confess(host);
  }

  /** Does what a process does beside its loop. */
  void beside(Host host, Runnable task) {
    try {
      task.run();
    } catch (Crashed crashed) {
      machines.ended(host, crashed.where());
    } catch (RuntimeException broken) {
      throw unexpected(host, broken);
    }
    confess(host);
  }

  private void confess(Host host) {
    crowd.confess();
    court.confess();
    if (host.disk.wasAskedAgain()) {
      throw new Violation("I17", "node " + host.node + " asked its disk again after a failure");
    }
  }

  /** What no fault explains. */
  static Violation unexpected(Host host, RuntimeException broken) {
    Violation violation = new Violation("CHECK", "node " + host.node + " broke off: " + broken);
    violation.initCause(broken);
    return violation;
  }

  /** A replica reported this in a turn that is over. */
  void noticed(Host host, Event event) {
    tell(() -> "node " + host.node + "  " + event);
    noticed.event(this, host, event);
    if (event instanceof Event.Elected) {
      host.leaderSince = agenda.now();
    } else if (event instanceof Event.SteppedDown) {
      host.leaderSince = Long.MAX_VALUE;
    }
    court.happened(host.seat, event);
  }

  // ---- what the parts share

  Plan plan() {
    return plan;
  }

  Mutant mutant() {
    return mutant;
  }

  Weather weather() {
    return weather;
  }

  Agenda agenda() {
    return agenda;
  }

  long now() {
    return agenda.now();
  }

  /** Now, and within a turn as far into it as it is. */
  long trueNow() {
    Host busy = turning;
    return agenda.now() + (busy == null ? 0 : busy.clock.spent());
  }

  Mayhem mayhem() {
    return mayhem;
  }

  Trimming trimming() {
    return trimming;
  }

  List<Host> hosts() {
    return hosts;
  }

  Host host(int node) {
    return hosts.get(node - 1);
  }

  Net net() {
    return net;
  }

  Transport transport() {
    return transport;
  }

  /** When everything stopped to go wrong; 0 before. */
  long calmSince() {
    return calmSince;
  }

  Noticed observations() {
    return noticed;
  }

  Court court() {
    return court;
  }

  Machines machines() {
    return machines;
  }

  Crowd crowd() {
    return crowd;
  }

  /** Whether callers can reach this host. */
  boolean isServed(Host host) {
    return host.served;
  }

  boolean isCalm() {
    return calm;
  }

  Dice dice() {
    return dice;
  }

  void mark(Mark mark) {
    marks.hit(mark);
  }

  void count(long what) {
    trace.event(agenda.now(), what);
  }

  void tell(java.util.function.Supplier<String> line) {
    trace.tell(agenda.now(), line);
  }
}
