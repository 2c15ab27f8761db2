package io.synod.runtime.engine;

import io.synod.paxos.MeasuredReplica;
import io.synod.paxos.MemoryUse;
import io.synod.paxos.Self;
import io.synod.paxos.View;
import io.synod.paxos.value.Input;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.propose.PendingProposals;
import io.synod.runtime.propose.ProposalKind;
import io.synod.runtime.read.StateHistory;
import io.synod.sim.check.Holdings;
import io.synod.sim.check.Holdings.KeptSlots;
import io.synod.sim.check.Holdings.WaitingCallers;
import io.synod.state.State;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** The production node without its loop: the test turns it. */
public final class TestNode {
  /** Bounds above this size are never reached in a run, so they are not checked. */
  private static final long FAR_BYTES = 1 << 20;

  private final Engine engine;
  private final Engine.Tuning tuning;
  private final Cycle cycle;
  private final Node node;
  private long chosenBefore;

  private KeptSlots feed = new KeptSlots(MemoryUse.NONE, 0, Long.MAX_VALUE, -1);
  private KeptSlots past = feed;

  /** The parameters of a node. */
  public record Birth(Self self, Engine.Tuning tuning, RandomGenerator random) {}

  /**
   * Recovers from the journal of {@code ports}. Callers' futures complete within the turn.
   *
   * @param background as in {@link Engine.Workers}
   */
  public TestNode(Birth start, NodePorts ports, Executor background) {
    Engine.Workers workers = new Engine.Workers(Runnable::run, background);
    this.engine = new Engine(start.self(), start.tuning(), ports, workers, start.random());
    this.tuning = start.tuning();
    this.cycle = engine.cycle();
    this.node = engine.node();
  }

  /** Alters the applied state in memory: its digest, so that the difference shows at once. */
  public void alterState() {
    State state = cycle.state();
    State.Mark mark = state.mark();
    cycle
        .applier()
        .machine()
        .restore(
            state.at(
                new State.Mark(
                    mark.slot(), mark.index(), mark.logTimeMillis(), mark.digest() ^ (1L << 17))));
  }

  /** Turns the cycle once. */
  public long turn(List<Input> inputs) {
    long before = chosenThrough();
    long wake = cycle.turn(inputs);
    chosenBefore = cycle.isStalled() ? chosenBefore : before;
    return wake;
  }

  /** Whether the last turn did not step the replica, since the disk has no space for its writes. */
  public boolean isStalled() {
    return cycle.isStalled();
  }

  /** The node's interface for callers. */
  public Node node() {
    return node;
  }

  /** The view of the replica. */
  public View view() {
    return cycle.nodeView().view();
  }

  /** Whether the node reports that commands can be chosen although it stands for election. */
  public boolean saysTooMuch() {
    NodeView nodeView = cycle.nodeView();
    return nodeView.view().role() == View.Role.CANDIDATE && nodeView.available().isAvailable();
  }

  /** The last applied slot. */
  public long appliedSlot() {
    return cycle.state().slot();
  }

  /** Digest of the replicated state. */
  public long stateDigest() {
    return cycle.state().mark().digest();
  }

  /** The last slot of the prefix that the replica knows to be chosen. */
  public long chosenThrough() {
    return MeasuredReplica.chosenThrough(cycle.replica());
  }

  /** How many proposals wait for their outcome. */
  public long waiting() {
    PendingProposals pendingProposals = engine.pendingProposals();
    return pendingProposals.load(ProposalKind.CALLER).count()
        + pendingProposals.load(ProposalKind.DUTY).count();
  }

  /**
   * What the node holds in memory for callers and peers.
   *
   * @param ever the longest chosen prefix that this disk has ever known
   */
  public Holdings holdings(long ever) {
    keep();
    return new Holdings(
        new WaitingCallers(
            engine.pendingProposals().load(ProposalKind.CALLER),
            engine.pendingProposals().load(ProposalKind.DUTY),
            engine.backgroundTasks().consumerProgress().held(),
            engine.pendingReads().held()),
        feed,
        past,
        engine.snapshotServer().count(),
        MeasuredReplica.of(cycle.replica(), tuning.settings(), chosenBefore, ever),
        cycle.state());
  }

  /** Measures the state, unless it was measured last time. */
  private void keep() {
    long index = cycle.state().index();
    if (index == past.newest()) {
      return;
    }
    boolean near = tuning.callerLimits().recentBytesMax() < FAR_BYTES;
    MemoryUse recent = near ? engine.feed().memoryUse() : MemoryUse.NONE;
    feed = new KeptSlots(recent, recent.count(), engine.feed().oldestRecent(), index);
    StateHistory stateHistory = engine.stateHistory();
    long oldest = stateHistory.oldestIndex();
    // Its slots have all commands from the oldest one on, so that only their bytes need to be
    // counted one by one.
    MemoryUse states = near ? stateHistory.memoryUse() : new MemoryUse(index - oldest + 1, 0);
    past = new KeptSlots(states, stateHistory.slotCount(), oldest, index);
  }
}
