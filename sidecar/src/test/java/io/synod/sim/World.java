package io.synod.sim;

import io.synod.paxos.Event;
import io.synod.paxos.Input;
import io.synod.runtime.port.JournalException;
import io.synod.sim.CoverageMarks.Mark;
import io.synod.sim.check.Bounded;
import io.synod.sim.check.Checkers;
import io.synod.sim.check.LogTimes;
import io.synod.sim.check.ReferenceModel;
import io.synod.sim.check.Stability;
import io.synod.sim.check.TrueFormation;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Rng;
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

  private final RunPlan plan;
  private final InputMutant mutant;
  private final EventQueue eventQueue = new EventQueue();
  private final Rng rng;
  private final FaultProfile profile;
  private final RunTrace trace;
  private final CoverageMarks coverageMarks = new CoverageMarks();
  private final Coverage coverage = new Coverage(coverageMarks);
  private final List<Host> hosts = new ArrayList<>();
  private final Network network;
  private final SimulatedTransport transport;
  private final Checkers checkers;
  private final Processes processes;
  private final ReferenceModel referenceModel;
  private final Workload workload;
  private @Nullable Host turning;
  private final Nemesis nemesis;
  private final Trimming trimming;
  private boolean calm;
  private long calmSince;

  private World(RunPlan plan, InputMutant mutant, boolean telling) {
    this.plan = plan;
    this.mutant = mutant;
    this.trace = new RunTrace(telling ? TRACE_LINES : 0);
    this.rng = new Rng(plan.seed());
    this.profile = FaultProfile.draw(rng.fork(), plan.faults());
    this.checkers =
        new Checkers(
            new Stability(new QuietLeaders(this)),
            new TrueFormation(profile.voterNodes()),
            new Bounded(
                profile.tuning().callerLimits(),
                profile.settings,
                bound -> mark(Mark.valueOf(bound.name()))),
            logTimes());
    int nodes = profile.voters + profile.learners;
    this.transport = new SimulatedTransport(this, nodes);
    this.network = new Network(nodes, transport::reconnected);
    for (int node = 1; node <= nodes; node++) {
      hosts.add(new Host(node, node <= profile.voters, eventQueue, checkers, rng.fork()));
    }
    profile.clocks.set(hosts);
    this.processes = new Processes(this, rng.fork());
    this.referenceModel =
        new ReferenceModel(checkers.chosenLog(), new LogCoverage(this), profile.limits);
    this.workload = new Workload(this, rng.fork(), referenceModel);
    this.nemesis = new Nemesis(this, rng.fork());
    this.trimming = new Trimming(this, 1 + (int) Math.floorMod(plan.seed(), (long) profile.voters));
  }

  private LogTimes logTimes() {
    return new LogTimes(
        profile.clocks.truth(),
        () -> micros(trueNow()),
        observedNode -> micros(host(observedNode.node()).turnBegan),
        profile.settings.electionTimeoutNanos() / MICROS);
  }

  private static long micros(long nanos) {
    return HostClock.EPOCH_MILLIS * 1_000 + nanos / MICROS;
  }

  /** Runs a plan to its end. */
  static RunReport run(RunPlan plan, InputMutant mutant, boolean telling) {
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
    RunTrace trace = world.trace;
    return new RunReport(
        plan, violation, trace.events(), trace.hash(), world.coverageMarks, trace.lines());
  }

  private void live() {
    tell(() -> "seed " + plan.seed() + ": " + profile);
    if (profile.voters == 1) {
      mark(Mark.SINGLE_VOTER);
    }
    for (Host host : hosts) {
      eventQueue.at(rng.between(0, 200_000_000L), () -> processes.start(host));
    }
    workload.begin();
    nemesis.begin(plan.safetyNanos());
    runUntil(plan.safetyNanos());
    calm = true;
    calmSince = eventQueue.now();
    new Recovery(this, rng.fork()).run();
    new Audit(this).run();
  }

  void runUntil(long time) {
    while (eventQueue.next() <= time) {
      eventQueue.step();
    }
    eventQueue.at(time, () -> {});
    eventQueue.step();
  }

  /** Whether no limit of the log is ever reached, so that what open watches want stays. */
  boolean keepsLogForWatches() {
    return profile.keepsLog();
  }

  // ---- turns

  /** A turn shall happen at {@code at} or before. */
  void bookTurn(Host host, long at) {
    long when = Math.max(Math.max(at, eventQueue.now()), host.busyUntil);
    if (when >= host.turnAt) {
      return;
    }
    host.turnAt = when;
    long booking = ++host.booking;
    eventQueue.at(when, () -> turn(host, booking));
  }

  private void turn(Host host, long booking) {
    SimulatedProcess process = host.process;
    if (booking != host.booking || process == null) {
      return;
    }
    host.turnAt = Long.MAX_VALUE;
    if (host.busyUntil > eventQueue.now()) {
      bookTurn(host, host.busyUntil);
      return;
    }
    if (host.turnEnds > eventQueue.now()) {
      throw new IllegalStateException("the clock of node " + host.node + " would run back");
    }
    List<Input> inputs = host.inbox;
    host.inbox = new ArrayList<>();
    trace.event(eventQueue.now(), host.node * 31L + inputs.size());
    try {
      host.turning = true;
      turning = host;
      long wake = process.turn(inputs);
      referenceModel.follow();
      host.turning = false;
      long spent = host.clock.spent();
      host.clock.settle();
      host.turnBegan = eventQueue.now();
      host.turnEnds = eventQueue.now() + spent + 20 * MICROS;
      host.busyUntil = host.turnEnds;
      bookTurn(host, Math.min(host.clock.worldAt(wake), eventQueue.now() + 10_000_000_000L));
    } catch (CrashException crashException) {
      processes.ended(host, crashException.where());
    } catch (JournalException | DirectoryException failed) {
      processes.failed(host, failed);
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
    } catch (CrashException crashException) {
      processes.ended(host, crashException.where());
    } catch (RuntimeException broken) {
      throw unexpected(host, broken);
    }
    confess(host);
  }

  private void confess(Host host) {
    workload.confess();
    checkers.confess();
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
    coverage.event(this, host, event);
    if (event instanceof Event.Elected) {
      host.leaderSince = eventQueue.now();
    } else if (event instanceof Event.SteppedDown) {
      host.leaderSince = Long.MAX_VALUE;
    }
    checkers.happened(host.observedNode, event);
  }

  // ---- what the parts share

  RunPlan plan() {
    return plan;
  }

  InputMutant mutant() {
    return mutant;
  }

  FaultProfile profile() {
    return profile;
  }

  EventQueue eventQueue() {
    return eventQueue;
  }

  long now() {
    return eventQueue.now();
  }

  /** Now, and within a turn as far into it as it is. */
  long trueNow() {
    Host busy = turning;
    return eventQueue.now() + (busy == null ? 0 : busy.clock.spent());
  }

  Nemesis nemesis() {
    return nemesis;
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

  Network network() {
    return network;
  }

  SimulatedTransport transport() {
    return transport;
  }

  /** When everything stopped to go wrong; 0 before. */
  long calmSince() {
    return calmSince;
  }

  Coverage observations() {
    return coverage;
  }

  Checkers checkers() {
    return checkers;
  }

  Processes processes() {
    return processes;
  }

  Workload workload() {
    return workload;
  }

  /** Whether callers can reach this host. */
  boolean isServed(Host host) {
    return host.served;
  }

  boolean isCalm() {
    return calm;
  }

  Rng rng() {
    return rng;
  }

  void mark(Mark mark) {
    coverageMarks.hit(mark);
  }

  void count(long what) {
    trace.event(eventQueue.now(), what);
  }

  void tell(java.util.function.Supplier<String> line) {
    trace.tell(eventQueue.now(), line);
  }
}
