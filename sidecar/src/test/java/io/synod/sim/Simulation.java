package io.synod.sim;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output.Envelope;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.NodePorts;
import io.synod.sim.check.Violation;
import io.synod.sim.check.core.Bounded;
import io.synod.sim.check.core.Checkers;
import io.synod.sim.check.core.Stability;
import io.synod.sim.check.core.TrueFormation;
import io.synod.sim.check.time.LogTimes;
import io.synod.sim.cluster.EventQueue;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.HostClock;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.cluster.Network;
import io.synod.sim.cluster.Observers;
import io.synod.sim.cluster.Processes;
import io.synod.sim.cluster.QuietLeaders;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.Surroundings;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.sim.fault.DiskNemesis;
import io.synod.sim.fault.Healing;
import io.synod.sim.fault.Nemesis;
import io.synod.sim.fault.WallClocks;
import io.synod.sim.recovery.Audit;
import io.synod.sim.recovery.Recovery;
import io.synod.sim.recovery.Trimming;
import io.synod.sim.recovery.WrongStates;
import io.synod.sim.run.CoverageMarks;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultProfile;
import io.synod.sim.run.RunPlan;
import io.synod.sim.run.RunReport;
import io.synod.sim.run.RunTrace;
import io.synod.sim.workload.Clients;
import io.synod.sim.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * A simulated run: a cluster on simulated machines, clocks, disks and links, decided by one seed.
 * First the faults of its profile happen, then all faults end and the cluster must recover, and
 * finally everything is audited.
 */
public final class Simulation {
  private static final long MICROS = 1_000L;
  private static final int TRACE_LINES = 200_000;

  private final RunPlan plan;
  private final InputMutant mutant;
  private final RunTrace trace;
  private final CoverageMarks coverageMarks = new CoverageMarks();
  private final Rng rng;
  private final List<Host> hosts = new ArrayList<>();
  private final World world;
  private final Processes processes;
  private final Workload workload;
  private final Clients clients;
  private final DiskNemesis diskNemesis;
  private final Nemesis nemesis;
  private final Trimming trimming;
  private final WrongStates wrongStates;

  private Simulation(RunPlan plan, InputMutant mutant, boolean telling) {
    this.plan = plan;
    this.mutant = mutant;
    this.trace = new RunTrace(telling ? TRACE_LINES : 0);
    this.rng = new Rng(plan.seed());
    FaultProfile profile = FaultProfile.draw(rng.fork(), plan.faults());
    EventQueue eventQueue = new EventQueue();
    int nodes = profile.voters + profile.learners;
    Network network = new Network(nodes, this::reconnected);
    Checkers checkers =
        new Checkers(
            profile.membershipDistance(),
            new Stability(new QuietLeaders(eventQueue, profile, hosts, network)),
            new TrueFormation(profile.voterNodes()),
            new Bounded(
                profile.callerLimits(),
                profile.settings,
                bound -> coverageMarks.hit(CoverageMark.valueOf(bound.name()))),
            logTimes(profile));
    Observers observers = new Observers(trace, coverageMarks, checkers);
    this.world = new World(eventQueue, profile, observers, hosts, network);
    for (int node = 1; node <= nodes; node++) {
      hosts.add(new Host(node, node <= profile.voters, eventQueue, checkers, rng.fork()));
    }
    new WallClocks(profile.clocks).set(hosts);
    Rng ofProcesses = rng.fork();
    this.processes = new Processes(world, new Wiring(), rng, ofProcesses);
    this.diskNemesis = new DiskNemesis(world, processes, ofProcesses);
    this.workload = new Workload(world);
    this.clients = new Clients(workload, rng.fork());
    this.nemesis = new Nemesis(world, processes, diskNemesis, rng.fork());
    int divergent = 1 + (int) Math.floorMod(plan.seed(), (long) profile.voters);
    this.trimming = new Trimming(world, divergent);
    this.wrongStates = new WrongStates(world);
  }

  private LogTimes logTimes(FaultProfile profile) {
    return new LogTimes(
        profile.clocks.truth(),
        this::trueMicros,
        observedNode -> micros(hosts.get(observedNode.node() - 1).turnBegan()),
        profile.settings.electionTimeoutNanos() / MICROS);
  }

  private long trueMicros() {
    return micros(world.trueNow());
  }

  private static long micros(long nanos) {
    return HostClock.EPOCH_MILLIS * 1_000 + nanos / MICROS;
  }

  private void reconnected(int one, int other) {
    processes.transport().reconnected(one, other);
  }

  /** Runs a plan to its end. */
  public static RunReport run(RunPlan plan, InputMutant mutant, boolean telling) {
    Simulation simulation = new Simulation(plan, mutant, telling);
    Violation violation = null;
    try {
      simulation.run();
    } catch (Violation found) {
      violation = found;
      for (Host host : simulation.hosts) {
        simulation.world.trace(() -> "at the end " + host);
      }
    }
    RunTrace trace = simulation.trace;
    return new RunReport(
        plan, violation, trace.events(), trace.hash(), simulation.coverageMarks, trace.lines());
  }

  private void run() {
    FaultProfile profile = world.profile();
    world.trace(() -> "seed " + plan.seed() + ": " + profile);
    if (profile.voters == 1) {
      world.mark(CoverageMark.SINGLE_VOTER);
    }
    for (Host host : hosts) {
      world.eventQueue().at(rng.between(0, 200_000_000L), () -> processes.start(host));
    }
    clients.begin();
    nemesis.begin(plan.safetyNanos());
    world.eventQueue().runUntil(plan.safetyNanos());
    world.calm();
    Rng ofRecovery = rng.fork();
    Healing healing = new Healing(world, processes, diskNemesis, ofRecovery);
    Recovery.Checks checks = new Recovery.Checks(trimming, wrongStates);
    new Recovery(world, healing, clients, checks, ofRecovery).run();
    new Audit(world, processes.journals(), workload).run();
  }

  /** Connects processes to faults, deliberate bugs and clients. */
  private final class Wiring implements Surroundings {
    @Override
    public Journal journal(Journal journal) {
      return mutant.journal(journal);
    }

    @Override
    public NodePorts ports(NodePorts ports, Host host) {
      return mutant.ports(ports, world, host);
    }

    @Override
    public List<Input> replaceInputs(Host host, SimulatedProcess process, List<Input> inputs) {
      return mutant.inputs(world, host, nemesis.replaceInputs(host, process, inputs));
    }

    @Override
    public Message onSent(Host host, int to, Message message) {
      Message said = mutant.onSent(world, host, new Envelope(to, message));
      Message spoken = wrongStates.spoken(host, to, trimming.spoken(host, said));
      return nemesis.onItsWay(spoken);
    }

    @Override
    public void speaking(Host host, Message message) {
      nemesis.speaking(host, message);
    }

    @Override
    public void turned(Host host, long beganNanos) {
      clients.turned(host, beganNanos);
      wrongStates.turned(host);
      workload.referenceModel().follow();
    }

    @Override
    public void lost(Host host) {
      clients.lost(host);
    }

    @Override
    public void throwRecorded() {
      workload.throwRecorded();
    }
  }
}
