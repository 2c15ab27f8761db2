package io.synod.sim.cluster;

import io.synod.paxos.Self;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.runtime.engine.TestNode;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** One run of the sidecar on a host: the production node, whose turns the simulator runs. */
public final class SimulatedProcess implements Peers, Mailbox, Observer {
  private final Environment environment;
  private final SimulatedMachine machine;
  private final Outside outside;
  public final CrashPoint effects;
  final int number;
  private final TestNode node;
  private final Journal journal;
  private final List<Event> events = new ArrayList<>();
  private final Map<Integer, Integer> peerLevels = new HashMap<>();
  private int requiredLevel;
  private long formation;
  // The chosen index that a watch at this node was last told.
  private long chosenIndex;
  boolean ended;

  /** The resources of a process. */
  record Born(Self self, Journal journal, CrashPoint effects, Executor background, Rng rng) {}

  /** The surroundings of a process. */
  interface Outside {
    /** Replaces the ports of the node. */
    NodePorts ports(NodePorts own);

    /** Replaces the inputs of a turn. */
    List<Input> replaceInputs(SimulatedProcess process, List<Input> inputs);

    /** Sends a message to another node; false if it is dropped at once. */
    boolean send(int to, Message message, long formation);

    /** Schedules a turn now. */
    void wake();
  }

  SimulatedProcess(
      Environment environment, SimulatedMachine machine, Born startedAt, Outside outside) {
    this.environment = environment;
    this.machine = machine;
    this.outside = outside;
    this.effects = startedAt.effects;
    this.number = machine.observedNode.process();
    TestNode.Birth start =
        new TestNode.Birth(
            startedAt.self, environment.profile().tuning(machine.supportedLevel), startedAt.rng);
    this.journal = startedAt.journal;
    NodePorts own = new NodePorts(startedAt.journal, this, machine.clock, this, this);
    this.node = new TestNode(start, outside.ports(own), startedAt.background);
  }

  public TestNode node() {
    return node;
  }

  /** Whether the disk is full. */
  public boolean isFull() {
    return journal.isFull();
  }

  public long formation() {
    return formation;
  }

  /** Takes one turn, and reports it to the checkers. */
  long turn(List<Input> inputs) {
    List<Input> taken = outside.replaceInputs(this, inputs);
    long formed = formation;
    boolean full = isFull();
    long wake = node.turn(taken);
    if (node.saysTooMuch()) {
      throw new Violation(
          "I19",
          "node " + machine.node + " is a candidate and reports that commands can be chosen");
    }
    chosenIndex(taken, formed);
    if (full) {
      environment.mark(CoverageMark.DISK_FULL);
    }
    if (node.isStalled()) {
      machine.healthySince = environment.now();
    }
    for (Event event : events) {
      onEvent(event);
      if (full && event instanceof Event.SteppedDown down && down.led()) {
        environment.mark(CoverageMark.LEADER_OF_FULL_DISK_REPLACED);
      }
    }
    events.clear();
    machine.observedNode.applied(node.appliedSlot(), node.stateDigest(), machine.archive.through());
    environment.checkers().cycled(machine.observedNode);
    if (!node.isStalled()) {
      // While it is stalled, its view is an old one, since its decisions wait to be written.
      environment.checkers().viewed(machine.observedNode, node.view());
    }
    machine.chosenEver = Math.max(machine.chosenEver, node.chosenThrough());
    environment.checkers().holds(machine.observedNode, node.holdings(machine.chosenEver));
    return wake;
  }

  private void onEvent(Event event) {
    environment.trace(() -> "node " + machine.node + "  " + event);
    environment.coverage().event(machine, event);
    if (event instanceof Event.StateRenewed) {
      environment.mark(CoverageMark.STATE_TAKEN_ANEW);
      if (machine.observedNode.isAltered()) {
        throw new Violation("I26", "node " + machine.node + " trusts a wrong state");
      }
    } else if (event instanceof Event.Elected) {
      machine.leaderSince = environment.now();
    } else if (event instanceof Event.SteppedDown) {
      machine.leaderSince = Long.MAX_VALUE;
    }
    environment.checkers().happened(machine.observedNode, event);
  }

  private void chosenIndex(List<Input> taken, long formed) {
    AppliedLog appliedLog = node.node().appliedLog();
    long least = Math.max(chosenIndex, appliedLog.appliedIndex());
    for (Input input : node.isStalled() ? List.<Input>of() : taken) {
      if (formed != 0
          && input instanceof Input.Received received
          && received.formation() == formed
          && received.message() instanceof Message.Heartbeat heartbeat) {
        least = Math.max(least, heartbeat.chosenIndex());
      }
    }
    chosenIndex = appliedLog.chosenIndex();
    if (chosenIndex > appliedLog.appliedIndex()) {
      environment.mark(CoverageMark.CHOSEN_BEFORE_APPLIED);
    }
    environment.checkers().onChosenReported(machine.observedNode, chosenIndex, least);
  }

  /** The events of a turn that did not end. */
  List<Event> unfinished() {
    return events;
  }

  // ---- ports

  @Override
  public boolean send(int to, Message message) {
    effects.before(message instanceof Message.AfterSync ? "message after sync" : "message");
    environment.checkers().onSent(machine.observedNode, to, message);
    return outside.send(to, message, formation);
  }

  @Override
  public void formed(Formation formed) {
    formation = formed.digest();
  }

  @Override
  public void requireLevel(int level) {
    requiredLevel = level;
  }

  @Override
  public int supportedLevel(int peer) {
    return peerLevels.getOrDefault(peer, 0);
  }

  /** A peer whose version supports levels up to this one connected. */
  void connected(int peer, int level) {
    peerLevels.put(peer, level);
  }

  /** The connections to a peer ended. */
  void disconnected(int peer) {
    peerLevels.remove(peer);
  }

  /** The level that peers must support. */
  public int requiredLevel() {
    return requiredLevel;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Occurred occurred) {
      events.add(occurred.event());
    } else if (observation instanceof Observation.SnapshotTaken) {
      environment.mark(CoverageMark.SNAPSHOT_TAKEN);
      if (machine.archive.span().first() > 1) {
        environment.mark(CoverageMark.TRIMMED);
      }
    } else if (observation instanceof Observation.SnapshotFailed failed) {
      environment.trace(() -> "node " + machine.node + " has no snapshot: " + failed.why());
    } else if (observation instanceof Observation.FetchFailed failed) {
      environment.trace(
          () ->
              "node %d has no snapshot: a snapshot pulled from node %d: %s"
                  .formatted(machine.node, failed.peer(), failed.why()));
      environment.mark(CoverageMark.PULLED_STREAM_REFUSED);
    } else if (observation instanceof Observation.SnapshotInstalled) {
      machine.installs++;
      machine.observedNode.replaced();
      machine.isRestored = true;
      environment.mark(CoverageMark.SNAPSHOT_INSTALLED);
    } else if (observation instanceof Observation.Damaged damaged
        && damaged.message() != null
        && damaged.message().startsWith("memory/")) {
      environment.mark(CoverageMark.DAMAGED_STREAM_NAMED);
    }
  }

  @Override
  public boolean offer(Input input) {
    if (ended) {
      return false;
    }
    machine.inbox.add(input);
    wake();
    return true;
  }

  @Override
  public void wake() {
    if (!ended) {
      outside.wake();
    }
  }

  /** A caller on this host was answered that its command is applied. */
  void acknowledged(Command command, io.synod.runtime.node.Outcome.Applied outcome) {
    environment.checkers().acknowledged(machine.observedNode, command, outcome);
  }
}
