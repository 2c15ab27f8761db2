package io.synod.sim;

import io.synod.paxos.Command;
import io.synod.paxos.Event;
import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.paxos.Self;
import io.synod.runtime.engine.TestNode;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.runtime.port.SnapshotMark;
import io.synod.sim.CoverageMarks.Mark;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One run of the sidecar on a host: the shipped node, turned by the world. */
final class SimulatedProcess implements Peers, Mailbox, Observer {
  private final World world;
  private final Host host;
  final CrashPoint effects;
  final int number;
  private final TestNode node;
  private final Journal journal;
  private final List<Event> events = new ArrayList<>();
  private long formation;
  // What a watch here was told last.
  private long chosenIndex;
  boolean ended;

  /** What a process is given. */
  record Born(Self self, Journal journal, CrashPoint effects, Executor background, Rng rng) {}

  SimulatedProcess(World world, Host host, Born born) {
    this.world = world;
    this.host = host;
    this.effects = born.effects;
    this.number = host.observedNode.process();
    TestNode.Birth birth = new TestNode.Birth(born.self, world.profile().tuning(), born.rng);
    this.journal = born.journal;
    NodePorts ports = new NodePorts(born.journal, this, host.clock, this);
    NodePorts taken = world.mutant().ports(ports, world, host);
    this.node = new TestNode(birth, taken, born.background, this);
  }

  TestNode node() {
    return node;
  }

  /** Whether the disk has no room for what comes next. */
  boolean isFull() {
    return journal.isFull();
  }

  long formation() {
    return formation;
  }

  /** Turns once, and tells the judges what happened. */
  long turn(List<Input> inputs) {
    List<Input> heard = world.nemesis().heard(host, this, inputs);
    List<Input> taken = world.mutant().inputs(world, host, heard);
    long formed = formation;
    boolean full = isFull();
    long wake = node.turn(taken);
    if (node.saysTooMuch()) {
      throw new Violation("I19", "node " + host.node + " stands and says that commands are chosen");
    }
    chosenIndex(taken, formed);
    if (full) {
      world.mark(Mark.DISK_FULL);
    }
    if (node.isStalled()) {
      host.healthySince = world.now();
    }
    for (Event event : events) {
      world.noticed(host, event);
      if (full && event instanceof Event.SteppedDown down && down.led()) {
        world.mark(Mark.LEADER_OF_FULL_DISK_REPLACED);
      }
    }
    events.clear();
    host.observedNode.applied(node.appliedSlot(), node.stateDigest(), host.archive.through());
    world.checkers().cycled(host.observedNode);
    if (!node.isStalled()) {
      // Else the view is that of what was published last, and what was decided waits to be written.
      world.checkers().believes(host.observedNode, node.view());
    }
    host.chosenEver = Math.max(host.chosenEver, node.chosenThrough());
    world.checkers().holds(host.observedNode, node.holdings(host.chosenEver));
    return wake;
  }

  private void chosenIndex(List<Input> taken, long formed) {
    AppliedLog appliedLog = node.node().appliedLog();
    long least = Math.max(chosenIndex, appliedLog.appliedIndex());
    for (Input input : node.isStalled() ? List.<Input>of() : taken) {
      if (formed != 0
          && input instanceof Input.Received received
          && received.formation() == formed
          && received.message() instanceof Message.Heartbeat beat) {
        least = Math.max(least, beat.chosenIndex());
      }
    }
    chosenIndex = appliedLog.chosenIndex();
    if (chosenIndex > appliedLog.appliedIndex()) {
      world.mark(Mark.CHOSEN_BEFORE_APPLIED);
    }
    world.checkers().toldChosen(host.observedNode, chosenIndex, least);
  }

  /** The events of a turn that did not end. */
  List<Event> unfinished() {
    return events;
  }

  // ---- ports

  @Override
  public boolean send(int to, Message message) {
    effects.before(message instanceof Message.Vow ? "vow" : "message");
    world.checkers().said(host.observedNode, to, message);
    return world.transport().send(host, to, message, formation);
  }

  @Override
  public void formed(long digest) {
    formation = digest;
  }

  @Override
  public void event(Event event) {
    events.add(event);
  }

  @Override
  public void snapshotTaken(SnapshotMark mark, long bytes, long nanos) {
    world.mark(Mark.SNAPSHOT_TAKEN);
    if (host.archive.span().first() > 1) {
      world.mark(Mark.TRIMMED);
    }
  }

  @Override
  public void snapshotFailed(String why) {
    world.tell(() -> "node " + host.node + " has no snapshot: " + why);
    if (why.startsWith("a snapshot pulled from node")) {
      world.mark(Mark.PULLED_STREAM_REFUSED);
    }
  }

  @Override
  public void snapshotInstalled(SnapshotMark mark, long bytes) {
    host.installs++;
    host.isRestored = true;
    world.mark(Mark.SNAPSHOT_INSTALLED);
  }

  @Override
  public void damaged(@Nullable String message) {
    if (message != null && message.startsWith("memory/")) {
      world.mark(Mark.DAMAGED_STREAM_NAMED);
    }
  }

  @Override
  public boolean offer(Input input) {
    if (ended) {
      return false;
    }
    host.inbox.add(input);
    wake();
    return true;
  }

  @Override
  public void wake() {
    if (!ended) {
      world.bookTurn(host, world.now());
    }
  }

  /** A caller on this host got what it asked for. */
  void acknowledged(Command command, io.synod.runtime.node.Outcome.Applied outcome) {
    world.checkers().acknowledged(host.observedNode, command, outcome);
  }
}
