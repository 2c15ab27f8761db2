package io.synod.runtime.engine;

import io.synod.paxos.Bytes;
import io.synod.paxos.Event;
import io.synod.paxos.Input;
import io.synod.paxos.Self;
import io.synod.paxos.View;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.node.VoteReport;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.propose.PendingProposals;
import io.synod.runtime.propose.SessionProposer;
import io.synod.runtime.read.BufferedAppliedLog;
import io.synod.runtime.read.EventRing;
import io.synod.runtime.read.PendingReads;
import io.synod.runtime.read.StateHistory;
import io.synod.runtime.read.VoteQuery;
import io.synod.runtime.snapshot.SnapshotService;
import io.synod.runtime.upkeep.BackgroundTasks;
import io.synod.runtime.upkeep.DivergenceDetector;
import io.synod.state.Consumer;
import io.synod.state.Entry;
import io.synod.state.NewEntry;
import io.synod.state.Payload;
import io.synod.state.State;
import io.synod.state.SystemCommands;
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
  private final NodePorts ports;
  private final Parts parts;
  private final Cycle cycle;
  private final EventRing trace;
  private final SessionProposer own;
  private final long lapseMillis;

  RunningNode(Parts parts) {
    this.parts = parts;
    this.self = parts.self();
    this.ports = parts.ports();
    this.cycle = parts.cycle();
    this.trace = parts.trace();
    this.own = parts.own();
    this.lapseMillis = parts.lapseMillis();
  }

  /** What does what a node is asked for. */
  record Parts(
      Self self,
      NodePorts ports,
      Cycle cycle,
      EventRing trace,
      PendingProposals pendingProposals,
      SessionProposer own,
      PendingReads pendingReads,
      VoteQuery voteQuery,
      BufferedAppliedLog feed,
      StateHistory stateHistory,
      BackgroundTasks backgroundTasks,
      SnapshotService.Parts snapshots,
      long lapseMillis) {}

  @Override
  public CompletableFuture<Outcome> propose(NewEntry newEntry, Duration timeout) {
    return own.propose(newEntry, own.nanos() + timeout.toNanos());
  }

  @Override
  public CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout) {
    return own.open(newEntry, own.nanos() + timeout.toNanos());
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
  public CompletableFuture<ReadFreshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout) {
    long deadlineNanos = ports.clock().nanos() + timeout.toNanos();
    CompletableFuture<ReadFreshness> waiting =
        parts.pendingReads().add(level, maxStaleness.toNanos(), atLeastIndex, deadlineNanos);
    ports.mailbox().wake();
    return waiting;
  }

  @Override
  public AppliedLog appliedLog() {
    return parts.feed();
  }

  @Override
  public State state() {
    return cycle.state();
  }

  @Override
  public @Nullable State stateAt(long index) {
    return parts.stateHistory().at(index);
  }

  @Override
  public long oldestState() {
    return parts.stateHistory().oldestIndex();
  }

  @Override
  public SessionKeepAlive sessionKeepAlive() {
    return parts.backgroundTasks().sessionRenewals();
  }

  @Override
  public CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout) {
    return parts
        .backgroundTasks()
        .consumerProgress()
        .add(
            new SystemCommands.Acknowledge(consumer, index, digest),
            own.nanos() + timeout.toNanos(),
            cycle.state().index());
  }

  @Override
  public NodeStatus status() {
    NodeView nodeView = cycle.nodeView();
    View view = nodeView.view();
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
        parts.feed().oldestIndex(),
        contact,
        parts.pendingProposals().count(),
        ports.journal().bytesOnDisk(),
        applied.mark().digest(),
        nodeView.available(),
        contents(applied),
        upkeep(),
        standing(nodeView),
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
    BackgroundTasks backgroundTasks = parts.backgroundTasks();
    return new NodeStatus.Upkeep(
        backgroundTasks.sessionRenewals().count(),
        backgroundTasks.sessionRenewals().renewed(),
        backgroundTasks.expiredSessions(),
        backgroundTasks.expiredKeys());
  }

  private NodeStatus.Standing standing(NodeView nodeView) {
    DivergenceDetector divergenceDetector = parts.backgroundTasks().divergenceDetector();
    return new NodeStatus.Standing(
        nodeView.diskFull(),
        divergenceDetector.hasDiverged(),
        divergenceDetector.isQuarantined(),
        divergenceDetector.compared(),
        divergenceDetector.unequal(),
        nodeView.view().clockAheadMillis());
  }

  @Override
  public boolean isQuarantined() {
    return parts.backgroundTasks().divergenceDetector().isQuarantined();
  }

  @Override
  public EventLog eventLog() {
    return trace;
  }

  @Override
  public CompletableFuture<VoteReport> votes(long slot, Duration timeout) {
    Set<Integer> nodes = new TreeSet<>(self.peers());
    nodes.add(self.node());
    VoteQuery voteQuery = parts.voteQuery();
    VoteQuery.Question question = voteQuery.ask(slot, nodes);
    if (question == null) {
      return CompletableFuture.completedFuture(new VoteReport(slot, Map.of(), Map.of()));
    }
    ports.mailbox().wake();
    return question
        .answer()
        .copy()
        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .exceptionally(late -> voteQuery.end(question.id(), slot));
  }

  @Override
  public long slotOfIndex(long index) {
    return parts.feed().slotOfIndex(index);
  }

  @Override
  public CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout) {
    return parts
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
  public AppSnapshots appSnapshots() {
    return ports.journal().appSnapshots();
  }

  @Override
  public CompletableFuture<Boolean> pull(
      String consumer, long index, Bytes sha256, Duration timeout) {
    return parts
        .snapshots()
        .snapshotFetcher()
        .blob(consumer, index, sha256)
        .completeOnTimeout(false, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public CompletableFuture<Boolean> handOver(int to, Duration timeout) {
    if (cycle.nodeView().view().role() != View.Role.LEADER) {
      return CompletableFuture.completedFuture(false);
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    AtomicLong seen = new AtomicLong(trace.next());
    AppliedLog.Subscription subscription =
        trace.onRecord(
            () -> {
              for (EventLog.Line line : trace.since(seen.get(), Integer.MAX_VALUE)) {
                seen.set(line.number() + 1);
                if (isAnother(line.event())) {
                  done.complete(true);
                }
              }
            });
    ports.mailbox().offer(new Input.HandOver(to));
    return done.completeOnTimeout(false, timeout.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((result, thrown) -> subscription.close());
  }

  private boolean isAnother(Event event) {
    return event instanceof Event.LeaderChanged changed
        && !changed.leader().isNone()
        && changed.leader().node() != self.node();
  }
}
