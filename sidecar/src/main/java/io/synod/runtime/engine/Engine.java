package io.synod.runtime.engine;

import io.synod.paxos.Replica;
import io.synod.paxos.ResendBackoff;
import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.value.ArchivedState;
import io.synod.paxos.value.Recovered;
import io.synod.runtime.hold.HoldTable;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.runtime.propose.PendingProposals;
import io.synod.runtime.propose.ProposalTurns;
import io.synod.runtime.propose.SessionProposer;
import io.synod.runtime.propose.SingleProposal;
import io.synod.runtime.read.BufferedAppliedLog;
import io.synod.runtime.read.EventRing;
import io.synod.runtime.read.NodeReads;
import io.synod.runtime.read.PendingReads;
import io.synod.runtime.read.SlotInspector;
import io.synod.runtime.read.StateHistory;
import io.synod.runtime.read.VoteQuery;
import io.synod.runtime.snapshot.AppSnapshotReplicator;
import io.synod.runtime.snapshot.SnapshotFetch;
import io.synod.runtime.snapshot.SnapshotFetcher;
import io.synod.runtime.snapshot.SnapshotServer;
import io.synod.runtime.snapshot.SnapshotService;
import io.synod.runtime.snapshot.Snapshotter;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.StateFollower;
import io.synod.runtime.turn.StoredMemberships;
import io.synod.runtime.upkeep.BackgroundTasks;
import io.synod.runtime.upkeep.DivergenceDetector;
import io.synod.runtime.upkeep.LevelProposer;
import io.synod.runtime.upkeep.Quarantine;
import io.synod.state.Level;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.SessionKind;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Builds one node: each part once, after those that it uses. It is the only class that uses all
 * parts. Then either a {@link Loop} turns its cycle, or the simulator does.
 */
public final class Engine {
  private final Self self;
  private final Tuning tuning;
  private final Workers workers;
  private final RandomGenerator random;
  private final NodePorts ports;
  private final EventRing trace;
  private final PendingProposals pendingProposals;
  private final SessionProposer own;
  // It has a session and a budget of its own, which callers cannot exhaust.
  private final SessionProposer duties;
  private final PendingReads pendingReads;
  private final VoteQuery voteQuery;
  private final BufferedAppliedLog feed;
  private final StateHistory stateHistory;
  private final DivergenceDetector divergenceDetector;
  private final BackgroundTasks backgroundTasks;
  private final HoldTable holdTable;
  private final SnapshotService.SnapshotParts snapshots;
  private final Cycle cycle;

  /**
   * Creates a node before its first turn; recovers from the journal, which may take a while.
   *
   * @param publisher completes callers' futures; in order, if a caller must see its own
   * @param random only determines random delays and ids; seed it to reproduce a run
   */
  public Engine(
      Self self, Tuning tuning, NodePorts ports, Executor publisher, RandomGenerator random) {
    this(self, tuning, ports, new Workers(publisher, publisher), random);
  }

  /** As above, with a separate executor for long operations. */
  public Engine(
      Self self, Tuning tuning, NodePorts ports, Workers workers, RandomGenerator random) {
    this.self = self;
    this.tuning = tuning;
    this.workers = workers;
    this.random = random;
    this.trace = new EventRing(ports.clock());
    Observer outside = ports.observer();
    Observer both =
        observation -> {
          trace.observe(observation);
          outside.observe(observation);
        };
    this.ports =
        new NodePorts(ports.journal(), ports.peers(), ports.clock(), both, ports.mailbox());
    // Ids begin at random: answers to an earlier process of this node must not match current
    // requests.
    long firstId = random.nextLong(1L << 40, 1L << 41);
    Settings settings = tuning.settings();
    CallerLimits callerLimits = tuning.callerLimits();
    this.pendingProposals = buildProposals();
    this.own = proposer(SessionKind.OWN);
    this.duties = proposer(SessionKind.OWN_DUTIES);
    this.pendingReads =
        new PendingReads(callerLimits, workers.publisher(), resendBackoff(), firstId);
    this.voteQuery = new VoteQuery(firstId);
    this.feed = new BufferedAppliedLog(ports.journal(), callerLimits.recentBytesMax());
    this.stateHistory = new StateHistory(callerLimits.statesMax(), callerLimits.recentBytesMax());
    Quarantine quarantine =
        new Quarantine(ports.journal().isDistrusted(), 2 * settings.recentBytesMax());
    this.divergenceDetector =
        new DivergenceDetector(
            self,
            this.ports.observer(),
            quarantine,
            this::syncedThrough,
            settings.heartbeatNanos());
    this.backgroundTasks =
        new BackgroundTasks(duties, settings, callerLimits, divergenceDetector, this::quarantine);
    this.holdTable =
        new HoldTable(own, backgroundTasks.sessionRenewals(), divergenceDetector::isQuarantined);
    this.snapshots = buildSnapshots(firstId);
    this.cycle = buildCycle();
  }

  /**
   * The executors besides the loop.
   *
   * @param publisher completes callers' futures; in order, if a caller must see its own
   * @param background takes snapshots and stores those of peers; one task after another
   */
  public record Workers(Executor publisher, Executor background) {}

  /**
   * Time-outs and bounds of the core, limits of callers, and settings of snapshots.
   *
   * @param limits of the replicated state; all nodes of a cluster must have the same
   * @param supportedLevel the highest {@link Level} that this node supports
   */
  public record Tuning(
      Settings settings,
      CallerLimits callerLimits,
      SnapshotSettings snapshots,
      Limits limits,
      int supportedLevel) {

    /** With the default limits of the state. */
    public Tuning(Settings settings, CallerLimits callerLimits, SnapshotSettings snapshots) {
      this(settings, callerLimits, snapshots, Limits.defaults(), Level.supported());
    }

    /** With the default settings of snapshots. */
    public Tuning(Settings settings, CallerLimits callerLimits) {
      this(settings, callerLimits, SnapshotSettings.defaults());
    }

    /** The default tuning of a sidecar. */
    public static Tuning defaults() {
      return new Tuning(Settings.defaults(), CallerLimits.defaults());
    }
  }

  private PendingProposals buildProposals() {
    Settings settings = tuning.settings();
    long timeout = settings.electionTimeoutNanos();
    return new PendingProposals(
        tuning.callerLimits(),
        workers.publisher(),
        new ResendBackoff(timeout, Settings.RESEND_FACTOR_MAX * timeout),
        settings.queueShareBytes(self.peers().size()),
        ports.mailbox()::wake);
  }

  private SessionProposer proposer(SessionKind kind) {
    return new SessionProposer(self.node(), ports.clock(), pendingProposals, kind, random);
  }

  private ResendBackoff resendBackoff() {
    return new ResendBackoff(tuning.settings().resendNanos(), tuning.settings().resendMaxNanos());
  }

  private SnapshotFetch.Background background() {
    return new SnapshotFetch.Background(workers.background(), ports.mailbox()::wake);
  }

  private SnapshotService.SnapshotParts buildSnapshots(long firstId) {
    SnapshotFetch.Background background = background();
    SnapshotFetcher fetcher = new SnapshotFetcher(ports, resendBackoff(), background, firstId);
    Snapshotter snapshotter =
        new Snapshotter(
            ports, tuning.snapshots(), feed::neededFromIndex, stateHistory::through, background);
    SingleProposal.ProposalTimes times = SingleProposal.ProposalTimes.of(tuning.settings());
    SingleProposal store = new SingleProposal(duties, Entry.Kind.STORE, times);
    return new SnapshotService.SnapshotParts(
        snapshotter,
        new SnapshotServer(ports, snapshotter, tuning.settings().pageBytesMax()),
        fetcher,
        new AppSnapshotReplicator(self, ports, fetcher, store, workers.background()));
  }

  private long syncedThrough() {
    ports.journal().sync();
    return ports.journal().recorded();
  }

  /** If the state here is wrong, answers all pending calls, and wakes the watchers. */
  private void quarantine(boolean wrong) {
    pendingProposals.quarantine(wrong);
    pendingReads.quarantine(wrong);
    feed.signal();
  }

  /** Recovers, and states the order in which the parts are called. */
  private Cycle buildCycle() {
    Settings settings = tuning.settings();
    ProposalTurns proposalTurns = new ProposalTurns(pendingProposals, settings.resendNanos());
    // The feed last: a reader that finds a command there finds its state too, and its caller was
    // answered.
    LevelProposer levelProposer =
        new LevelProposer(self, tuning.supportedLevel(), duties, settings, ports.peers());
    List<StateFollower> followers =
        List.of(stateHistory, duties, backgroundTasks, levelProposer, own, proposalTurns, feed);
    Applier applier =
        new Applier(
            ports,
            new Machine(State.empty(tuning.limits()), tuning.supportedLevel()),
            settings,
            followers,
            this::appliesThrough);
    Recovered recovered = ports.journal().recovered();
    applier.recover(recovered);
    long logTimeMillis = applier.state().mark().logTimeMillis();
    Replica replica =
        new Replica(
            self,
            settings,
            random,
            recovered,
            new ArchivedState(logTimeMillis, StoredMemberships.of(applier.state())));
    // The proposers see the replica's view before anything is proposed. The node's background tasks
    // come before the pending proposals, since theirs are among these; snapshots, which use the
    // disk most, come last.
    List<Participant> participants =
        List.of(
            new SlotInspector(self, ports.journal(), voteQuery, applier::state),
            own,
            duties,
            backgroundTasks,
            levelProposer,
            proposalTurns,
            pendingReads,
            holdTable,
            feed,
            new CatchUpServer(ports, settings.pageBytesMax(), applier),
            new SnapshotService(ports, snapshots, applier, divergenceDetector, background()));
    Cycle.Core core = new Cycle.Core(replica, applier);
    return new Cycle(self, ports, core, participants, settings.heartbeatNanos());
  }

  /** Beyond the state that arrives, a wrong state would have to be replaced by a later one. */
  private long appliesThrough(long slots, long bytes) {
    return divergenceDetector.quarantine().postpones(slots, bytes)
        ? 0
        : snapshots.snapshotFetcher().renewalSlot();
  }

  /** The cycle, which one thread must turn. */
  public Cycle cycle() {
    return cycle;
  }

  /**
   * A loop that turns the cycle; not yet started.
   *
   * @param inbox the mailbox of the ports
   * @param failure receives, on the loop's thread, the reason for which the loop stopped: stop the
   *     process
   */
  public Loop loop(Inbox inbox, Consumer<Throwable> failure) {
    return new Loop(cycle, inbox, ports.clock(), failure);
  }

  /** The node as the services use it. */
  public Node node() {
    RunningInspection inspection =
        new RunningInspection(
            self,
            ports,
            cycle,
            trace,
            voteQuery,
            feed,
            pendingProposals,
            backgroundTasks,
            tuning.snapshots().lapseMillis());
    return new Node(
        own,
        new NodeReads(
            ports, pendingReads, stateHistory, cycle::state, divergenceDetector::isQuarantined),
        feed,
        backgroundTasks.sessionRenewals(),
        holdTable,
        new RunningConsumers(
            ports, backgroundTasks.consumerProgress(), snapshots.snapshotFetcher(), cycle::state),
        inspection,
        new RunningMaintenance(
            self.node(), ports, cycle::nodeView, trace, snapshots.snapshotter(), cycle::formation));
  }

  PendingProposals pendingProposals() {
    return pendingProposals;
  }

  PendingReads pendingReads() {
    return pendingReads;
  }

  BufferedAppliedLog feed() {
    return feed;
  }

  StateHistory stateHistory() {
    return stateHistory;
  }

  BackgroundTasks backgroundTasks() {
    return backgroundTasks;
  }

  SnapshotServer snapshotServer() {
    return snapshots.snapshotServer();
  }
}
