package io.synod.sim;

import io.synod.paxos.Command;
import io.synod.paxos.Event;
import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.paxos.Self;
import io.synod.runtime.engine.Turned;
import io.synod.runtime.node.Feed;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.runtime.port.Ports;
import io.synod.runtime.port.SnapshotMark;
import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Dice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One run of the sidecar on a host: the shipped node, turned by the world. */
final class Instance implements Peers, Mailbox, Observer {
  private final World world;
  private final Host host;
  final Effects effects;
  final int number;
  private final Turned turned;
  private final Journal journal;
  private final List<Event> events = new ArrayList<>();
  private long formation;
  // What a watch here was told last.
  private long chosenIndex;
  boolean ended;

  /** What a process is given. */
  record Born(Self self, Journal journal, Effects effects, Executor background, Dice dice) {}

  Instance(World world, Host host, Born born) {
    this.world = world;
    this.host = host;
    this.effects = born.effects;
    this.number = host.seat.process();
    Turned.Birth birth = new Turned.Birth(born.self, world.weather().tuning(), born.dice);
    this.journal = born.journal;
    Ports ports = new Ports(born.journal, this, host.clock, this);
    Ports taken = world.mutant().ports(ports, world, host);
    this.turned = new Turned(birth, taken, born.background, this);
  }

  Turned turned() {
    return turned;
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
    List<Input> heard = world.mayhem().heard(host, this, inputs);
    List<Input> taken = world.mutant().inputs(world, host, heard);
    long formed = formation;
    boolean full = isFull();
    long wake = turned.turn(taken);
    if (turned.saysTooMuch()) {
      throw new Violation("I19", "node " + host.node + " stands and says that commands are chosen");
    }
    chosenIndex(taken, formed);
    if (full) {
      world.mark(Mark.DISK_FULL);
    }
    if (turned.isStalled()) {
      host.healthySince = world.now();
    }
    for (Event event : events) {
      world.noticed(host, event);
      if (full && event instanceof Event.SteppedDown down && down.led()) {
        world.mark(Mark.LEADER_OF_FULL_DISK_REPLACED);
      }
    }
    events.clear();
    host.seat.applied(turned.appliedSlot(), turned.stateDigest(), host.archive.through());
    world.court().cycled(host.seat);
    host.chosenEver = Math.max(host.chosenEver, turned.chosenThrough());
    world.court().holds(host.seat, turned.holdings(host.chosenEver));
    return wake;
  }

  private void chosenIndex(List<Input> taken, long formed) {
    Feed feed = turned.node().feed();
    long least = Math.max(chosenIndex, feed.appliedIndex());
    for (Input input : turned.isStalled() ? List.<Input>of() : taken) {
      if (formed != 0
          && input instanceof Input.Received received
          && received.formation() == formed
          && received.message() instanceof Message.Heartbeat beat) {
        least = Math.max(least, beat.chosenIndex());
      }
    }
    chosenIndex = feed.chosenIndex();
    if (chosenIndex > feed.appliedIndex()) {
      world.mark(Mark.CHOSEN_BEFORE_APPLIED);
    }
    world.court().toldChosen(host.seat, chosenIndex, least);
  }

  /** The events of a turn that did not end. */
  List<Event> unfinished() {
    return events;
  }

  // ---- ports

  @Override
  public boolean send(int to, Message message) {
    effects.before(message instanceof Message.Vow ? "vow" : "message");
    world.court().said(host.seat, to, message);
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
    world.court().acknowledged(host.seat, command, outcome);
  }
}
