package io.synod.runtime.engine;

import io.synod.paxos.Replica;
import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.View;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Recovered;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.SnapshotMark;
import io.synod.runtime.read.PendingReads;
import io.synod.runtime.read.SlotInspector;
import io.synod.runtime.snapshot.SnapshotFetch;
import io.synod.runtime.snapshot.SnapshotFetcher;
import io.synod.runtime.snapshot.SnapshotService;
import io.synod.runtime.upkeep.BackgroundTasks;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One turn of a replica: step what waits, write, sync, speak, publish. There is no thread in it:
 * the loop turns it in production, the simulator from a seed.
 *
 * <h2>The order is the promise</h2>
 *
 * <p>Messages that bind nobody leave first, so a leader's proposals are on their way while its own
 * vote is written. Then everything of the cycle is written and synced together. Only then are the
 * vows spoken: they are the messages that rest on the disk. What this node says to itself comes
 * back as the first input of the next turn, after the sync like any other.
 *
 * <h2>Publishing</h2>
 *
 * <p>Chosen slots are applied in order, and the journal is told how far, before any reader or
 * caller sees them: the feed may then read them from the journal. A snapshot that is begun here
 * syncs the journal again, for it must hold nothing that a crash could undo.
 *
 * <p>After an exception the cycle must not be turned again: what is on the disk is then unknown.
 */
public final class Cycle {
  private static final long INSTALL_AGAIN_NANOS = 5_000_000;

  private final Self self;
  private final Settings settings;
  private final NodePorts ports;
  private final Callers callers;
  private final Replica replica;
  private final Applier applier;
  private final CatchUpServer catchUpServer;
  private final SlotInspector slotInspector;
  private final FullDisk fullDisk;
  private List<Input> toSelf = new ArrayList<>();
  // What the transport did not send; each is told in the next turn, which it need not hasten.
  private List<Input> dropped = new ArrayList<>();
  private long formation;
  private boolean leaderAppeared;
  private long againAtNanos;
  private long installAtNanos;
  private volatile NodeView nodeView;
  // Reads are judged by it: what was decided since may wait to be written, and is not applied.
  private View published;

  /** Recovers from the journal: applies what is archived there. */
  Cycle(Self self, Settings settings, NodePorts ports, Callers callers, RandomGenerator random) {
    this.self = self;
    this.settings = settings;
    this.ports = ports;
    this.callers = callers;
    Recovered recovered = ports.journal().recovered();
    this.applier = new Applier(ports, callers);
    this.catchUpServer = new CatchUpServer(ports, settings.pageBytesMax());
    this.slotInspector = new SlotInspector(self, ports.journal());
    this.fullDisk = new FullDisk(ports, self);
    applier.recover(recovered.archivedThrough(), settings.pageBytesMax());
    long logTimeMillis = applier.state().mark().logTimeMillis();
    this.replica = new Replica(self, settings, random, recovered, logTimeMillis);
    this.nodeView = fullDisk.nodeView(replica.view(ports.clock().nanos()));
    this.published = nodeView.view();
  }

  /**
   * Turns once.
   *
   * @return when to turn again if nothing arrives before, on the clock of the ports
   */
  public long turn(List<Input> inputs) {
    // It may have failed under a reader, and a node with nothing to write would go on half alive.
    if (ports.journal().check()) {
      ports.journal().sync();
    }
    if (!fullDisk.mayStep()) {
      return stall(ports.clock().nanos(), inputs);
    }
    FullDisk.Held held = fullDisk.release();
    if (held != null) {
      vow(held.output(), held.proposed(), held.view());
    }
    long readNanos = ports.clock().nanos();
    long wallMillis = ports.clock().wallMillis();
    long startNanos = ports.clock().nanos();
    var tick = new Input.Tick(wallMillis, startNanos - readNanos);
    List<Command> proposed = step(startNanos, tick, fullDisk.admit(inputs));
    Output output = replica.drain(startNanos);
    // Before the events: who hears of a new leader must find it in the status too.
    nodeView = fullDisk.nodeView(replica.view(startNanos));
    callers.pendingProposals().refuse(nodeView.isFull() ? nodeView.available() : null);
    callers.feed().heard(nodeView.view().heardIndex());
    output.events().forEach(this::notice);
    output.roundTrips().forEach(trip -> ports.observer().roundTrip(trip.peer(), trip.nanos()));
    say(slotInspector.questions(callers.voteQuery(), applier.state().slot()));
    say(callers.backgroundTasks().divergenceDetector().messages());
    say(output.messages());
    if (fullDisk.write(output, proposed, nodeView.view())) {
      vow(output, proposed, nodeView.view());
    }
    long endNanos = ports.clock().nanos();
    ports.observer().cycled(inputs.size(), endNanos - startNanos);
    return toSelf.isEmpty() && !leaderAppeared ? wakeAt(output, endNanos) : endNanos;
  }

  /** What was decided is durable: says what rests on it, and shows what was chosen. */
  private void vow(Output output, List<Command> proposed, View view) {
    say(output.vows());
    publish(output, proposed, view);
  }

  /** Until what was decided can be written, it is not sent, and nothing else is decided. */
  private long stall(long nowNanos, List<Input> inputs) {
    nodeView = NodeView.stalled(published);
    callers.own().seen(nodeView);
    callers.pendingProposals().refuse(nodeView.available());
    callers.pendingReads().take(here(nowNanos));
    say(callers.snapshots().takeAlone(nowNanos, inputs, applier.state(), applier.appliedBytes()));
    settle(ports.clock().nanos());
    return nowNanos + settings.heartbeatNanos();
  }

  private void settle(long nowNanos) {
    callers.pendingReads().settle(here(nowNanos));
    callers.pendingProposals().expire(nowNanos, nodeView.available());
  }

  /** Answers all who wait that the node stops. */
  void close() {
    nodeView = nodeView.stopping();
    callers.own().seen(nodeView);
    callers.pendingProposals().close(nodeView.available());
    callers.pendingReads().close(here(ports.clock().nanos()));
    callers.snapshots().close();
  }

  /** Any thread may ask for it; its parts belong to one turn. */
  NodeView nodeView() {
    return nodeView;
  }

  /** Whether the last turn changed nothing in the core, since the disk has no room. */
  boolean isStalled() {
    return fullDisk.isStalled();
  }

  State state() {
    return applier.state();
  }

  Replica replica() {
    return replica;
  }

  private long wakeAt(Output output, long nowNanos) {
    long waiters = callers.nextDeadlineNanos();
    SnapshotService service = callers.snapshots();
    boolean arrived = service.snapshotFetcher().ready() != null;
    long snapshots = arrived ? installAtNanos : service.nextNanos();
    return Math.max(nowNanos, Math.min(output.wakeAtNanos(), Math.min(waiters, snapshots)));
  }

  // ---- step

  private List<Command> step(long nowNanos, Input.Tick tick, List<Input> inputs) {
    install(nowNanos);
    replica.step(nowNanos, tick);
    List<Input> own = toSelf;
    toSelf = new ArrayList<>();
    for (Input input : own) {
      replica.step(nowNanos, input);
    }
    List<Input> all = dropped;
    dropped = new ArrayList<>();
    all.addAll(inputs);
    for (Input input : all) {
      if (input instanceof Input.Received received) {
        ports.observer().received(received.from(), received.message());
        if (inspect(received) || answer(nowNanos, received)) {
          continue;
        }
      }
      callers.carried(input);
      replica.step(nowNanos, input);
    }
    long logTime = replica.logTimeMillis();
    var moment = new BackgroundTasks.Moment(nowNanos, logTime, nodeView, fullDisk.isFull());
    callers.own().seen(nodeView);
    for (Input duty : callers.backgroundTasks().turn(moment)) {
      replica.step(nowNanos, duty);
    }
    List<Command> proposed = due(nowNanos);
    if (!proposed.isEmpty()) {
      replica.step(nowNanos, new Input.Propose(proposed));
    }
    for (Input read : callers.pendingReads().ask(nowNanos)) {
      replica.step(nowNanos, read);
    }
    return proposed;
  }

  /** A snapshot that was pulled takes the place of the slots it holds, before anything else. */
  private void install(long nowNanos) {
    SnapshotFetcher fetcher = callers.snapshots().snapshotFetcher();
    SnapshotFetcher.Arrived arrived = fetcher.ready();
    if (arrived == null) {
      return;
    }
    SnapshotMark mark = arrived.mark();
    if (mark.slot() > applier.state().slot()) {
      if (!ports.journal().install(mark)) {
        installAtNanos = nowNanos + INSTALL_AGAIN_NANOS;
        return;
      }
      applier.install(arrived.state());
      callers.snapshots().snapshotter().installed(applier.appliedBytes());
      replica.step(nowNanos, new Input.Installed(mark.slot(), mark.index(), mark.logTimeMillis()));
      ports.observer().snapshotInstalled(mark, arrived.bytes());
      leaderAppeared = true; // What waits may be in it: proposed again, it is answered.
    }
    fetcher.taken();
  }

  /** Snapshots are between the nodes of one formation, and not the core's. */
  private boolean answer(long nowNanos, Input.Received received) {
    if (formation == 0 || received.formation() != formation) {
      return false;
    }
    List<SnapshotFetch.Ask> answers = new ArrayList<>(1);
    boolean taken = callers.snapshots().takes(nowNanos, received, applier.state(), answers);
    answers.forEach(ask -> send(ask.to(), ask.message()));
    return taken;
  }

  /** What is to be proposed in this turn, each command once and all as one. */
  private List<Command> due(long nowNanos) {
    List<Command> due = new ArrayList<>();
    if (leaderAppeared || nowNanos >= againAtNanos) {
      due.addAll(callers.pendingProposals().again(nowNanos, leaderAppeared));
      leaderAppeared = false;
      againAtNanos = nowNanos + settings.resendNanos();
    }
    boolean leads = nodeView.view().role() == View.Role.LEADER;
    due.addAll(callers.pendingProposals().arrived(nowNanos, leads));
    return due;
  }

  /** The glass box asks disks, not replicas. */
  private boolean inspect(Input.Received received) {
    if (received.message() instanceof Message.VoteAsk ask) {
      send(received.from(), slotInspector.voteReport(ask.id(), ask.slot(), applier.state().slot()));
      return true;
    }
    if (received.message() instanceof Message.VoteAnswer answer) {
      callers.voteQuery().answered(received.from(), answer);
      return true;
    }
    if (received.message() instanceof Message.StateDigest word) {
      callers.backgroundTasks().divergenceDetector().heard(received, word);
      return true;
    }
    return false;
  }

  // ---- speak

  private void say(List<Output.Envelope> envelopes) {
    for (Output.Envelope envelope : envelopes) {
      send(envelope.to(), envelope.message());
    }
  }

  private void send(int to, Message message) {
    if (to == self.node()) {
      toSelf.add(new Input.Received(to, self.incarnation(), formation, message));
    } else {
      ports.observer().sent(to, message);
      if (!ports.peers().send(to, message)) {
        dropped.add(new Input.Dropped(to, message));
      }
    }
  }

  // ---- publish

  private void publish(Output output, List<Command> proposed, View view) {
    long nowNanos = ports.clock().nanos();
    published = view;
    applier.apply(output.chosen());
    if (!proposed.isEmpty()) {
      callers.pendingProposals().proposed(proposed, output.unplaced(), nodeView.available());
    }
    for (Output.ReadReady read : output.reads()) {
      callers.pendingReads().answered(read.id(), read.slot(), nowNanos);
    }
    for (Output.Fetch fetch : output.fetches()) {
      Message answer = catchUpServer.answer(fetch, applier.state().slot());
      if (answer != null) {
        send(fetch.to(), answer);
      }
    }
    for (SnapshotFetch.Ask ask :
        callers.snapshots().turn(nowNanos, view, applier::state, applier.appliedBytes())) {
      send(ask.to(), ask.message());
    }
    // Taking a snapshot may have waited for the disk, and a read must not call itself younger.
    settle(ports.clock().nanos());
  }

  private void notice(Event event) {
    ports.observer().event(event);
    if (event instanceof Event.Formed formed) {
      formation = formed.formation().digest();
      ports.peers().formed(formation);
      callers.backgroundTasks().divergenceDetector().formed(formed.formation());
    } else if (event instanceof Event.LeaderChanged changed) {
      leaderAppeared = leaderAppeared || !changed.leader().isNone();
    }
  }

  private PendingReads.Here here(long nowNanos) {
    State now = state();
    var why = nodeView.available();
    boolean cutOff = fullDisk.isStalled() || why.isHopeless();
    return new PendingReads.Here(now.slot(), now.index(), nowNanos, published, why, cutOff);
  }
}
