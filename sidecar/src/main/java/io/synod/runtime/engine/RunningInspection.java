package io.synod.runtime.engine;

import io.synod.paxos.Self;
import io.synod.paxos.View;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.node.VoteReport;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.propose.PendingProposals;
import io.synod.runtime.read.BufferedAppliedLog;
import io.synod.runtime.read.EventRing;
import io.synod.runtime.read.VoteQuery;
import io.synod.runtime.upkeep.BackgroundTasks;
import io.synod.runtime.upkeep.DivergenceDetector;
import io.synod.state.Consumer;
import io.synod.state.State;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The inspection of a running node.
 *
 * @param lapseMillis the log is not kept for a consumer's copy that was silent for this time
 */
record RunningInspection(
    Self self,
    NodePorts ports,
    Cycle cycle,
    EventRing trace,
    VoteQuery voteQuery,
    BufferedAppliedLog feed,
    PendingProposals pendingProposals,
    BackgroundTasks backgroundTasks,
    long lapseMillis)
    implements Inspection {

  @Override
  public NodeStatus status() {
    NodeView nodeView = cycle.nodeView();
    View view = nodeView.view();
    State applied = cycle.state();
    long contact =
        view.leaderReceivedAtNanos() == Long.MIN_VALUE
            ? -1
            : Math.max(0, ports.clock().nanos() - view.leaderReceivedAtNanos());
    return new NodeStatus(
        self.node(),
        self.incarnation(),
        view.role(),
        view.promised(),
        view.leader(),
        view.voters(),
        view.reachable(),
        view.quorum(),
        applied.slot(),
        applied.index(),
        view.reportedThrough(),
        feed.oldestIndex(),
        contact,
        pendingProposals.count(),
        ports.journal().bytesOnDisk(),
        applied.mark().digest(),
        nodeView.available(),
        contents(applied),
        upkeep(),
        standing(nodeView),
        view.peers());
  }

  private NodeStatus.Contents contents(State state) {
    return new NodeStatus.Contents(
        state.level(),
        state.keyCount(),
        state.sessionCount(),
        state.lockCount(),
        consumers(state),
        state.bytes(),
        state.uses().stream()
            .map(one -> new NodeStatus.LimitUse(one.limit(), one.used(), one.max()))
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
    return new NodeStatus.Upkeep(
        backgroundTasks.sessionRenewals().count(),
        backgroundTasks.sessionRenewals().renewed(),
        backgroundTasks.expiredSessions(),
        backgroundTasks.expiredKeys());
  }

  private NodeStatus.Standing standing(NodeView nodeView) {
    DivergenceDetector divergenceDetector = backgroundTasks.divergenceDetector();
    return new NodeStatus.Standing(
        nodeView.diskFull(),
        divergenceDetector.hasDiverged(),
        divergenceDetector.isQuarantined(),
        divergenceDetector.compared(),
        divergenceDetector.unequal(),
        divergenceDetector.quarantine().ends(),
        nodeView.view().clockAheadMillis());
  }

  @Override
  public EventLog eventLog() {
    return trace;
  }

  @Override
  public CompletableFuture<VoteReport> votes(long slot, Duration timeout) {
    Set<Integer> nodes = new TreeSet<>(self.peers());
    nodes.add(self.node());
    VoteQuery.Question question = voteQuery.begin(slot, nodes);
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
    return feed.slotOfIndex(index);
  }
}
