package io.synod.runtime.engine;

import io.synod.paxos.Bytes;
import io.synod.paxos.Event;
import io.synod.paxos.Input;
import io.synod.paxos.Self;
import io.synod.paxos.View;
import io.synod.runtime.node.Belief;
import io.synod.runtime.node.Feed;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Keeper;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.node.Testimony;
import io.synod.runtime.node.Trace;
import io.synod.runtime.port.Blobs;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.Ports;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.propose.OwnProposals;
import io.synod.runtime.read.EventTrace;
import io.synod.runtime.read.Reads;
import io.synod.runtime.read.Witnesses;
import io.synod.runtime.upkeep.Digests;
import io.synod.runtime.upkeep.Duties;
import io.synod.state.Consumer;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A node whose cycle somebody turns: the loop, or the simulator. */
public final class RunningNode implements Node {
  private final Self self;
  private final Ports ports;
  private final Callers callers;
  private final Cycle cycle;
  private final Mailbox mailbox;
  private final EventTrace trace;
  private final OwnProposals own;
  private final long lapseMillis;

  RunningNode(Engine engine, Mailbox mailbox) {
    this.self = engine.self();
    this.ports = engine.ports();
    this.callers = engine.callers();
    this.cycle = engine.cycle();
    this.trace = engine.trace();
    this.mailbox = mailbox;
    this.own = callers.own();
    this.lapseMillis = engine.tuning().snapshots().lapseMillis();
  }

  @Override
  public CompletableFuture<Outcome> propose(Draft draft, Duration timeout) {
    return own.propose(draft, own.nanos() + timeout.toNanos());
  }

  @Override
  public CompletableFuture<Outcome> open(Draft draft, Duration timeout) {
    return own.open(draft, own.nanos() + timeout.toNanos());
  }

  @Override
  public CompletableFuture<Outcome> propose(Entry entry, Duration timeout) {
    return own.propose(entry, own.nanos() + timeout.toNanos());
  }

  @Override
  public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
    return own.free(entry, own.nanos() + timeout.toNanos());
  }

  @Override
  public CompletableFuture<Freshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout) {
    long deadlineNanos = ports.clock().nanos() + timeout.toNanos();
    CompletableFuture<Freshness> waiting =
        callers
            .reads()
            .add(new Reads.Wish(level, maxStaleness.toNanos(), atLeastIndex, deadlineNanos));
    mailbox.wake();
    return waiting;
  }

  @Override
  public Feed feed() {
    return callers.feed();
  }

  @Override
  public State state() {
    return cycle.state();
  }

  @Override
  public @Nullable State stateAt(long index) {
    return callers.history().at(index);
  }

  @Override
  public long oldestState() {
    return callers.history().oldestIndex();
  }

  @Override
  public Keeper keeper() {
    return callers.duties().renewals();
  }

  @Override
  public CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout) {
    return callers
        .duties()
        .acknowledgements()
        .add(
            new Orders.Acknowledge(consumer, index, digest),
            own.nanos() + timeout.toNanos(),
            cycle.state().index());
  }

  @Override
  public NodeStatus status() {
    Belief belief = cycle.belief();
    View view = belief.view();
    State applied = cycle.state();
    long contact =
        view.heardAtNanos() == Long.MIN_VALUE
            ? -1
            : Math.max(0, ports.clock().nanos() - view.heardAtNanos());
    List<NodeStatus.Peer> peers = new ArrayList<>();
    for (View.Peer peer : view.peers()) {
      peers.add(
          new NodeStatus.Peer(
              peer.node(), peer.connected(), peer.chosenThrough(), peer.roundTripNanos()));
    }
    return new NodeStatus(
        self.node(),
        self.incarnation(),
        NodeStatus.Role.valueOf(view.role().name()),
        view.promised(),
        view.leader(),
        view.voters(),
        view.reachable(),
        view.quorum(),
        applied.slot(),
        applied.index(),
        view.heardThrough(),
        callers.feed().oldestIndex(),
        contact,
        callers.pending().count(),
        ports.journal().bytesOnDisk(),
        applied.mark().digest(),
        belief.available(),
        contents(applied),
        upkeep(),
        standing(belief),
        peers);
  }

  private NodeStatus.Contents contents(State state) {
    return new NodeStatus.Contents(
        state.keyCount(),
        state.sessionCount(),
        state.lockCount(),
        consumers(state),
        state.bytes(),
        state.uses().stream()
            .map(one -> new NodeStatus.Use(one.limit(), one.used(), one.max()))
            .toList());
  }

  private NodeStatus.Consumers consumers(State state) {
    long now = state.mark().logTimeMillis();
    int diverged = 0;
    int holding = 0;
    int lapsed = 0;
    for (Consumer consumer : state.consumers()) {
      diverged += consumer.differsAt() == 0 ? 0 : 1;
      holding += consumer.holdsLog(state.commandedIndex(), now, lapseMillis) ? 1 : 0;
      lapsed += consumer.hasLapsed(state.commandedIndex(), now, lapseMillis) ? 1 : 0;
    }
    return new NodeStatus.Consumers(
        state.consumers().size(), diverged, holding, lapsed, state.neededFrom(lapseMillis));
  }

  private NodeStatus.Upkeep upkeep() {
    Duties duties = callers.duties();
    return new NodeStatus.Upkeep(
        duties.renewals().count(),
        duties.renewals().renewed(),
        duties.expiredSessions(),
        duties.expiredKeys());
  }

  private NodeStatus.Standing standing(Belief belief) {
    Digests digests = callers.duties().digests();
    return new NodeStatus.Standing(
        belief.diskFull(),
        digests.hasDiverged(),
        digests.isQuarantined(),
        digests.compared(),
        digests.unequal(),
        belief.view().clockAheadMillis());
  }

  @Override
  public boolean isQuarantined() {
    return callers.duties().digests().isQuarantined();
  }

  @Override
  public Trace trace() {
    return trace;
  }

  @Override
  public CompletableFuture<Testimony> votes(long slot, Duration timeout) {
    Set<Integer> nodes = new TreeSet<>(self.peers());
    nodes.add(self.node());
    Witnesses witnesses = callers.witnesses();
    Witnesses.Question question = witnesses.ask(slot, nodes);
    if (question == null) {
      return CompletableFuture.completedFuture(new Testimony(slot, Map.of(), Map.of()));
    }
    mailbox.wake();
    return question
        .answer()
        .copy()
        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .exceptionally(late -> witnesses.end(question.id(), slot));
  }

  @Override
  public long slotOfIndex(long index) {
    return callers.feed().slotOfIndex(index);
  }

  @Override
  public CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout) {
    return callers
        .snapshots()
        .snapshotter()
        .request()
        .completeOnTimeout(new SnapshotOutcome.Late(), timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public @Nullable StoredSnapshot snapshot() {
    return ports.journal().snapshot();
  }

  @Override
  public Blobs blobs() {
    return ports.journal().blobs();
  }

  @Override
  public CompletableFuture<Boolean> pull(
      String consumer, long index, Bytes sha256, Duration timeout) {
    return callers
        .snapshots()
        .pulls()
        .blob(consumer, index, sha256)
        .completeOnTimeout(false, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public CompletableFuture<Boolean> handOver(int to, Duration timeout) {
    if (cycle.belief().view().role() != View.Role.LEADER) {
      return CompletableFuture.completedFuture(false);
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    AtomicLong seen = new AtomicLong(trace.next());
    Feed.Subscription subscription =
        trace.onRecord(
            () -> {
              for (Trace.Line line : trace.since(seen.get(), Integer.MAX_VALUE)) {
                seen.set(line.number() + 1);
                if (isAnother(line.event())) {
                  done.complete(true);
                }
              }
            });
    mailbox.offer(new Input.HandOver(to));
    return done.completeOnTimeout(false, timeout.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((result, thrown) -> subscription.close());
  }

  private boolean isAnother(Event event) {
    return event instanceof Event.LeaderChanged changed
        && !changed.leader().isNone()
        && changed.leader().node() != self.node();
  }
}
