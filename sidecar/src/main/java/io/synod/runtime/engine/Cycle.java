package io.synod.runtime.engine;

import io.synod.paxos.Replica;
import io.synod.paxos.Self;
import io.synod.paxos.View;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Progress;
import io.synod.runtime.turn.Published;
import io.synod.runtime.turn.Turn;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;

/**
 * One turn of a replica: step the inputs, write, sync, send, publish. It has no thread: the loop
 * turns it in production, the simulator in tests.
 *
 * <h2>The order is safety</h2>
 *
 * <p>Messages that state nothing durable leave first, so a leader's proposals are in flight while
 * its own vote is written. Then all writes of the cycle are written and synced together. Only then
 * are the messages after sync sent, since they state what is durable. Messages of this node to
 * itself come back as the first inputs of the next turn, after the sync like any other.
 *
 * <h2>Publishing</h2>
 *
 * <p>Chosen slots are applied in order, and the journal records how far, before any reader or
 * caller sees them: the feed may then read them from the journal. When a snapshot is begun here,
 * the journal is synced again, since a snapshot must hold nothing that a crash could undo.
 *
 * <h2>Participants</h2>
 *
 * <p>Pending calls and background tasks take part in a turn at fixed points of it: see {@link
 * Participant}. The cycle depends on none of them.
 *
 * <p>After an exception the cycle must not be turned again: the content of the disk is then
 * unknown.
 */
public final class Cycle {
  private final Self self;
  private final NodePorts ports;
  private final long stalledPaceNanos;
  private final Replica replica;
  private final Applier applier;
  private final List<Participant> participants;
  private final FullDisk fullDisk;
  private List<Input> toSelf = new ArrayList<>();
  // Messages that the transport did not send; the next turn reports them, and need not come sooner
  // for that.
  private List<Input> dropped = new ArrayList<>();
  private volatile long formation;
  private volatile NodeView nodeView;
  // Reads are judged by this view: a later one may rest on decisions that wait to be written and
  // are not applied.
  private View published;

  /**
   * Creates it before its first turn.
   *
   * @param core the replica, and the applier of what it finds chosen
   * @param participants in the order in which they are called
   * @param stalledPaceNanos how often the cycle checks whether the disk has space again
   */
  Cycle(
      Self self,
      NodePorts ports,
      Core core,
      List<Participant> participants,
      long stalledPaceNanos) {
    this.self = self;
    this.ports = ports;
    this.stalledPaceNanos = stalledPaceNanos;
    this.replica = core.replica;
    this.applier = core.applier;
    this.participants = participants;
    this.fullDisk = new FullDisk(ports, self);
    this.nodeView = fullDisk.nodeView(replica.view(ports.clock().nanos()));
    this.published = nodeView.view();
  }

  /** The replica, and the applier of its decisions. */
  record Core(Replica replica, Applier applier) {}

  /**
   * Runs one turn.
   *
   * @return when to turn again if no input arrives before, on the clock of the ports
   */
  public long turn(List<Input> inputs) {
    // The disk may have failed for a reader, and a node with nothing to write would continue half
    // alive.
    if (ports.journal().check()) {
      ports.journal().sync();
    }
    if (!fullDisk.mayStep()) {
      return stall(ports.clock().nanos(), inputs);
    }
    FullDisk.DeferredTurn deferred = fullDisk.release();
    if (deferred != null) {
      afterSync(deferred.output(), deferred.view());
    }
    long readNanos = ports.clock().nanos();
    long wallMillis = ports.clock().wallMillis();
    long startNanos = ports.clock().nanos();
    step(startNanos, new Input.Tick(wallMillis, startNanos - readNanos), fullDisk.admit(inputs));
    Output output = replica.drain(startNanos);
    // Before the events: an observer of a new leader must find it in the status too.
    nodeView = fullDisk.nodeView(replica.view(startNanos));
    participants.forEach(one -> one.onDecided(nodeView));
    output.events().forEach(this::notice);
    output
        .roundTrips()
        .forEach(
            trip -> ports.observer().observe(new Observation.RoundTrip(trip.peer(), trip.nanos())));
    send(output.messages());
    if (fullDisk.write(output, nodeView.view())) {
      afterSync(output, nodeView.view());
    }
    long endNanos = ports.clock().nanos();
    ports.observer().observe(new Observation.Turned(inputs.size(), endNanos - startNanos));
    return toSelf.isEmpty() ? wakeAt(output, endNanos) : endNanos;
  }

  /**
   * The writes of a turn are durable: sends the messages after sync, and publishes what was chosen.
   */
  private void afterSync(Output output, View view) {
    send(output.messagesAfterSync());
    participants.forEach(one -> send(one.messagesAfterSync()));
    publish(output, view);
  }

  /** Until the last decisions can be written, they are not sent, and no others are made. */
  private long stall(long nowNanos, List<Input> inputs) {
    nodeView = NodeView.stalled(published);
    Progress progress = progress(nowNanos);
    int before = dropped.size();
    participants.forEach(one -> send(one.onStalled(progress, inputs)));
    // The participants do not need these reports, and the replica may not be stepped for long.
    dropped.subList(before, dropped.size()).clear();
    settle(ports.clock().nanos());
    return nowNanos + stalledPaceNanos;
  }

  /** In reverse order: reads that can be served are served before proposals fail. */
  private void settle(long nowNanos) {
    Progress progress = progress(nowNanos);
    for (int i = participants.size() - 1; i >= 0; i--) {
      participants.get(i).settle(progress);
    }
  }

  /** Answers all pending calls that the node stops. */
  void close() {
    nodeView = nodeView.stopping();
    Progress progress = progress(ports.clock().nanos());
    participants.forEach(one -> one.stop(progress));
  }

  /** Any thread may read it; its parts belong to one turn. */
  NodeView nodeView() {
    return nodeView;
  }

  /** The digest of the formation, 0 if there is none yet; any thread may read it. */
  long formation() {
    return formation;
  }

  /** Whether the last turn changed nothing in the core, since the disk has no space. */
  boolean isStalled() {
    return fullDisk.isStalled();
  }

  State state() {
    return applier.state();
  }

  Applier applier() {
    return applier;
  }

  Replica replica() {
    return replica;
  }

  private long wakeAt(Output output, long nowNanos) {
    long next = output.wakeAtNanos();
    for (Participant participant : participants) {
      next = Math.min(next, participant.nextWakeNanos());
    }
    return Math.max(nowNanos, next);
  }

  // ---- step

  private void step(long nowNanos, Input.Tick tick, List<Input> inputs) {
    for (Participant participant : participants) {
      participant.begin(nowNanos).forEach(input -> replica.step(nowNanos, input));
    }
    replica.step(nowNanos, tick);
    List<Input> own = toSelf;
    toSelf = new ArrayList<>();
    own.forEach(input -> replica.step(nowNanos, input));
    List<Input> all = dropped;
    dropped = new ArrayList<>();
    all.addAll(inputs);
    for (Input input : all) {
      if (input instanceof Input.Received received) {
        ports.observer().observe(new Observation.Received(received.from(), received.message()));
      }
      if (!consumes(nowNanos, input)) {
        replica.step(nowNanos, input);
      }
    }
    Turn turn = new Turn(nowNanos, replica.logTimeMillis(), nodeView, fullDisk.isFull());
    for (Participant participant : participants) {
      participant.turn(turn).forEach(input -> replica.step(nowNanos, input));
    }
  }

  /** Whether an input is for a participant only. */
  private boolean consumes(long nowNanos, Input input) {
    List<Output.Envelope> answers = new ArrayList<>(0);
    boolean consumed = false;
    for (Participant participant : participants) {
      consumed = participant.onInput(nowNanos, input, answers);
      if (consumed) {
        break;
      }
    }
    send(answers);
    return consumed;
  }

  // ---- send

  private void send(List<Output.Envelope> envelopes) {
    for (Output.Envelope envelope : envelopes) {
      send(envelope.to(), envelope.message());
    }
  }

  private void send(int to, Message message) {
    if (to == self.node()) {
      toSelf.add(new Input.Received(to, self.incarnation(), formation, message));
    } else {
      ports.observer().observe(new Observation.Sent(to, message));
      if (!ports.peers().send(to, message)) {
        dropped.add(new Input.Dropped(to, message));
      }
    }
  }

  // ---- publish

  private void publish(Output output, View view) {
    Published now = new Published(ports.clock().nanos(), output, view, nodeView.available());
    published = view;
    applier.apply(output.chosen());
    participants.forEach(one -> send(one.onPublished(now)));
    // Taking a snapshot may have waited for the disk, and a read must not report a lower staleness
    // than it has.
    settle(ports.clock().nanos());
  }

  private void notice(Event event) {
    ports.observer().observe(new Observation.Occurred(event));
    if (event instanceof Event.Formed formed) {
      formation = formed.formation().digest();
      ports.peers().formed(formed.formation());
    }
    participants.forEach(one -> one.onEvent(event));
  }

  private Progress progress(long nowNanos) {
    State now = state();
    boolean cutOff = fullDisk.isStalled() || nodeView.available().isUnrecoverable();
    return new Progress(now.slot(), now.index(), nowNanos, published, nodeView, cutOff);
  }
}
