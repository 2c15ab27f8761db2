package io.synod.runtime.engine;

import io.synod.paxos.ResendBackoff;
import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.propose.PendingProposals;
import io.synod.runtime.propose.SessionProposer;
import io.synod.runtime.propose.SingleProposal;
import io.synod.runtime.read.BufferedAppliedLog;
import io.synod.runtime.read.PendingReads;
import io.synod.runtime.read.StateHistory;
import io.synod.runtime.read.VoteQuery;
import io.synod.runtime.snapshot.AppSnapshotReplicator;
import io.synod.runtime.snapshot.SnapshotFetch;
import io.synod.runtime.snapshot.SnapshotFetcher;
import io.synod.runtime.snapshot.SnapshotServer;
import io.synod.runtime.snapshot.SnapshotService;
import io.synod.runtime.snapshot.Snapshotter;
import io.synod.runtime.upkeep.BackgroundTasks;
import io.synod.runtime.upkeep.DivergenceDetector;
import io.synod.state.Limits;
import io.synod.state.command.Entry;
import io.synod.state.command.SessionKind;
import java.util.random.RandomGenerator;

/**
 * What callers on this node wait for, and what the node does for them unasked.
 *
 * @param pendingProposals proposals
 * @param pendingReads reads
 * @param voteQuery questions to the disks of all nodes
 * @param feed the applied log
 * @param stateHistory the newest states
 * @param own what callers propose without a session
 * @param backgroundTasks what the node does of its own accord
 * @param snapshots snapshots, and what consumers handed over
 * @param limits of the replicated state
 */
record Callers(
    PendingProposals pendingProposals,
    PendingReads pendingReads,
    VoteQuery voteQuery,
    BufferedAppliedLog feed,
    StateHistory stateHistory,
    SessionProposer own,
    BackgroundTasks backgroundTasks,
    SnapshotService snapshots,
    Limits limits) {

  /**
   * What a node is born with, besides its settings.
   *
   * @param random for ids, which begin anywhere, so that answers to an earlier process of this node
   *     are not taken for ours
   * @param wake makes the cycle turn soon
   */
  record Birth(RandomGenerator random, Runnable wake) {}

  static Callers of(
      Self self, Engine.Tuning tuning, NodePorts ports, Engine.Workers workers, Birth birth) {
    Settings settings = tuning.settings();
    CallerLimits callerLimits = tuning.callerLimits();
    long firstId = birth.random().nextLong(1L << 40, 1L << 41);
    long timeout = settings.electionTimeoutNanos();
    PendingProposals pendingProposals =
        new PendingProposals(
            callerLimits,
            workers.publisher(),
            new ResendBackoff(timeout, Settings.RESEND_FACTOR_MAX * timeout),
            settings.queueShareBytes(self.peers().size()));
    SessionProposer own = proposals(self, ports, pendingProposals, SessionKind.OWN, birth);
    // In a session and with room of its own, which callers cannot fill.
    SessionProposer dutiful =
        proposals(self, ports, pendingProposals, SessionKind.OWN_DUTIES, birth);
    PendingReads pendingReads =
        new PendingReads(callerLimits, workers.publisher(), patience(settings), firstId);
    BufferedAppliedLog feed =
        new BufferedAppliedLog(ports.journal(), callerLimits.recentBytesMax());
    DivergenceDetector divergenceDetector =
        new DivergenceDetector(self, ports.observer(), settings.heartbeatNanos());
    SnapshotFetch.Background background =
        new SnapshotFetch.Background(workers.background(), birth.wake());
    SnapshotFetcher snapshotFetcher =
        new SnapshotFetcher(ports, patience(settings), background, firstId);
    SingleProposal store =
        new SingleProposal(dutiful, Entry.Kind.STORE, SingleProposal.Times.of(settings));
    StateHistory stateHistory =
        new StateHistory(callerLimits.statesMax(), callerLimits.recentBytesMax());
    Snapshotter snapshotter =
        new Snapshotter(
            ports, tuning.snapshots(), feed::neededFromIndex, stateHistory::through, background);
    SnapshotService snapshots =
        new SnapshotService(
            snapshotter,
            new SnapshotServer(ports, snapshotter, settings.pageBytesMax()),
            snapshotFetcher,
            new AppSnapshotReplicator(self, ports, snapshotFetcher, store, workers.background()),
            divergenceDetector);
    Runnable quarantine =
        () -> {
          pendingProposals.quarantine();
          pendingReads.quarantine();
          // Wakes the watchers, so that they look.
          feed.signal();
        };
    return new Callers(
        pendingProposals,
        pendingReads,
        new VoteQuery(firstId),
        feed,
        stateHistory,
        own,
        new BackgroundTasks(dutiful, settings, callerLimits, divergenceDetector, quarantine),
        snapshots,
        tuning.limits());
  }

  /** The transport tells what became of messages. */
  void carried(Input input) {
    snapshots.snapshotFetcher().carried(input);
    if (input instanceof Input.Reconnected) {
      pendingReads.reconnected();
      pendingProposals.reconnected();
    } else if (input instanceof Input.Dropped dropped
        && dropped.message() instanceof Message.Forward forward) {
      pendingProposals.dropped(forward.commands());
    }
  }

  /** The earliest moment at which a proposal or a read has something to do. */
  long nextDeadlineNanos() {
    return Math.min(pendingProposals.nextDeadlineNanos(), pendingReads.nextDeadlineNanos());
  }

  private static ResendBackoff patience(Settings settings) {
    return new ResendBackoff(settings.resendNanos(), settings.resendMaxNanos());
  }

  private static SessionProposer proposals(
      Self self,
      NodePorts ports,
      PendingProposals pendingProposals,
      SessionKind kind,
      Birth birth) {
    return new SessionProposer(self.node(), ports.clock(), pendingProposals, kind, birth.random());
  }
}
