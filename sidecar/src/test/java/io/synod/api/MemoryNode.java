package io.synod.api;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Vote;
import io.synod.runtime.engine.Situations;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.ConsumerCopies;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.Maintenance;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.Proposer;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.node.StateReads;
import io.synod.runtime.node.VoteReport;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Applied;
import io.synod.state.result.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fake of node 1 of a cluster of three, with its log in memory: one thread orders proposals, one
 * command per slot, and applies them to the production state machine. A {@link NodeCondition}
 * injects failures. Any thread may call any method.
 */
public final class MemoryNode
    implements Proposer, StateReads, ConsumerCopies, Inspection, Maintenance, AutoCloseable {
  public static final Ballot BALLOT = new Ballot(7, 0, 1, 0xabc);

  public final MemoryLog log = new MemoryLog();
  public final MemoryAppSnapshots blobs = new MemoryAppSnapshots();
  public final MemoryEventLog trace = new MemoryEventLog(100);
  public final Map<Integer, List<Vote>> votes = new TreeMap<>();
  public final Map<Integer, Long> chosenThrough = new TreeMap<>();
  public volatile Availability alone = Situations.alone();
  private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1);
  private final List<Runnable> held = new ArrayList<>();
  private final MemorySessionKeepAlive keeper = new MemorySessionKeepAlive(this, this, log, thread);
  private final MemoryHolds holds = new MemoryHolds(this, this, keeper, thread);
  private final long own;
  private volatile NodeCondition nodeCondition = NodeCondition.WELL;
  public volatile SnapshotOutcome snapshotOutcome =
      new SnapshotOutcome.Failed("none is ever taken");
  private volatile Duration lastTimeout = Duration.ZERO;
  private volatile long bytesOnDisk = 4_096;
  private volatile boolean quarantined;

  public MemoryNode() {
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setRemoveOnCancelPolicy(true);
    own = log.append(entry(Entry.Kind.OPEN_SESSION, 0, 1, 0)).index();
  }

  /** The node's interface for services. */
  public Node node() {
    return new Node(this, this, log, keeper, holds.table(), this, this, this);
  }

  public void feel(NodeCondition nodeCondition) {
    this.nodeCondition = nodeCondition;
  }

  /** Continues proposals that were held while the node was slow. */
  public void release() {
    List<Runnable> released;
    synchronized (held) {
      released = List.copyOf(held);
      held.clear();
    }
    released.forEach(thread::execute);
  }

  public int heldCount() {
    synchronized (held) {
      return held.size();
    }
  }

  public Duration lastTimeout() {
    return lastTimeout;
  }

  /** Sets the size of the data on the disk. */
  public void fill(long bytes) {
    bytesOnDisk = bytes;
  }

  public static Entry entry(Entry.Kind kind, long session, long sequence, int bytes) {
    Payload payload =
        kind == Entry.Kind.OPEN_SESSION
            ? new SystemCommands.Open(0).encode()
            : Payload.of(new byte[bytes]);
    return new NewEntry(kind, "t", "", payload).under(1, new Entry.Key(session, sequence), 0);
  }

  /** Expires this session, as a leader would. */
  public void expire(long session) {
    Session silent = Objects.requireNonNull(state().session(session));
    var judged = new SystemCommands.Expire.Judged(session, silent.renewIndex());
    order(Entry.Kind.EXPIRE_SESSIONS, new SystemCommands.Expire(List.of(judged)).encode());
  }

  /** Expires pairs whose time to live has ended, as a leader would. */
  public void expireKeys() {
    order(Entry.Kind.EXPIRE_KEYS, Payload.EMPTY);
  }

  /** Applies a command of the node itself, whatever its condition. */
  public void order(Entry.Kind kind, Payload order) {
    log.apply(log.placed(NewEntry.of(kind, order), 1, own));
  }

  @Override
  public CompletableFuture<Outcome> propose(NewEntry newEntry, Duration timeout) {
    return propose(log.placed(newEntry, 1, own), timeout);
  }

  @Override
  public CompletableFuture<Outcome> propose(Entry entry, Duration timeout) {
    lastTimeout = timeout;
    if (quarantined) {
      return CompletableFuture.completedFuture(new Outcome.Quarantined());
    }
    CompletableFuture<Outcome> future = new CompletableFuture<>();
    switch (nodeCondition) {
      case BROKEN -> throw new IllegalStateException("secret " + entry.payload());
      case ALONE -> thread.execute(() -> future.complete(new Outcome.Unavailable(alone)));
      case FULL -> thread.execute(() -> future.complete(new Outcome.Overloaded(250)));
      case SLOW -> {
        synchronized (held) {
          held.add(() -> future.complete(apply(entry)));
        }
        var unused =
            thread.schedule(
                () -> future.complete(new Outcome.Indeterminate(entry.session(), entry.sequence())),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
      }
      default -> thread.execute(() -> future.complete(apply(entry)));
    }
    return future;
  }

  @Override
  public CompletableFuture<Outcome> free(Entry entry, Duration timeout) {
    return nodeCondition == NodeCondition.FULL
        ? CompletableFuture.supplyAsync(() -> apply(entry), thread)
        : propose(entry, timeout);
  }

  private Outcome apply(Entry entry) {
    Applied applied = log.apply(entry);
    Result result = applied.result();
    long sequence = entry.sequence();
    if (result instanceof Result.Effect effect) {
      return new Outcome.Applied(
          applied.index(),
          log.slotOfIndex(applied.index()),
          BALLOT,
          false,
          log.logTimeMillis(),
          effect.reply());
    } else if (result instanceof Result.Repetition it) {
      return new Outcome.Applied(
          it.index(), it.slot(), Ballot.NONE, true, it.logTimeMillis(), it.reply());
    } else if (result instanceof Result.SessionUnknown) {
      return new Outcome.SessionUnknown(entry.session());
    } else if (result instanceof Result.SequenceReused) {
      return new Outcome.SequenceReused(entry.session(), sequence);
    } else if (result instanceof Result.SequenceForgotten forgotten) {
      return new Outcome.SequenceForgotten(entry.session(), sequence, forgotten.ackedBelow());
    } else if (result instanceof Result.SequenceAhead ahead) {
      return new Outcome.SequenceAhead(entry.session(), sequence, ahead.limit());
    }
    return new Outcome.WithoutEffect(result);
  }

  @Override
  public CompletableFuture<Outcome> open(NewEntry newEntry, Duration timeout) {
    return propose(log.placed(newEntry, 1, 0), timeout);
  }

  @Override
  public CompletableFuture<ReadFreshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout) {
    lastTimeout = timeout;
    if (quarantined) {
      return CompletableFuture.completedFuture(new ReadFreshness.Quarantined());
    }
    long applied = log.appliedIndex();
    long staleness = nodeCondition == NodeCondition.ALONE ? Duration.ofSeconds(9).toNanos() : 1_000;
    ReadFreshness answer =
        new ReadFreshness.Fresh(applied, level == ReadLevel.STRONG ? 0 : staleness);
    if (nodeCondition == NodeCondition.FULL) {
      answer = new ReadFreshness.Overloaded(250);
    } else if (nodeCondition == NodeCondition.ALONE && level == ReadLevel.STRONG) {
      answer = new ReadFreshness.Unavailable(alone);
    } else if (level == ReadLevel.BOUNDED && maxStaleness.toNanos() < staleness) {
      answer = new ReadFreshness.TooStale(applied, staleness);
    } else if (atLeastIndex > applied) {
      answer = new ReadFreshness.NotYetApplied(applied, atLeastIndex);
    }
    ReadFreshness given = answer;
    return CompletableFuture.supplyAsync(() -> given, thread);
  }

  public AppliedLog appliedLog() {
    return log;
  }

  @Override
  public State state() {
    return log.state();
  }

  @Override
  public @Nullable State stateAt(long index) {
    return log.stateAt(index);
  }

  @Override
  public long oldestState() {
    return log.oldestState();
  }

  @Override
  public CompletableFuture<Outcome> acknowledge(
      String consumer, long index, Payload digest, Duration timeout) {
    Payload order = new SystemCommands.Acknowledge(consumer, index, digest).encode();
    return propose(NewEntry.of(Entry.Kind.ACKNOWLEDGE, order), timeout);
  }

  /** Quarantines the node. */
  public void quarantine() {
    quarantined = true;
  }

  @Override
  public boolean isQuarantined() {
    return quarantined;
  }

  @Override
  public AppSnapshots appSnapshots() {
    return blobs;
  }

  @Override
  public NodeStatus status() {
    boolean leads = nodeCondition != NodeCondition.FOLLOWING;
    Availability now = nodeCondition == NodeCondition.ALONE ? alone : Situations.led(leads ? 1 : 2);
    return new NodeStatus(
        1,
        0xabc,
        leads ? View.Role.LEADER : View.Role.FOLLOWER,
        BALLOT,
        leads ? BALLOT : new Ballot(8, 0, 2, 0xdef),
        3,
        now.votes().reachable(),
        2,
        log.slot(),
        log.appliedIndex(),
        log.slot(),
        log.oldestIndex(),
        1_000_000,
        heldCount(),
        bytesOnDisk,
        0x1234,
        nodeCondition == NodeCondition.BLOCKED ? Situations.blocked(3) : now,
        new NodeStatus.Contents(
            1, 5, 4, 3, new NodeStatus.Consumers(2, 0, 0, 0, Long.MAX_VALUE), 1_000, List.of()),
        new NodeStatus.Upkeep(2, 30, 4, 5),
        new NodeStatus.Standing(false, quarantined, quarantined, 9, quarantined ? 3 : 0, 0, 0),
        List.of(new View.Peer(2, true, log.slot(), 200_000), new View.Peer(3, false, 0, -1)));
  }

  @Override
  public EventLog eventLog() {
    return trace;
  }

  @Override
  public CompletableFuture<VoteReport> votes(long slot, Duration timeout) {
    lastTimeout = timeout;
    return CompletableFuture.completedFuture(new VoteReport(slot, votes, chosenThrough));
  }

  @Override
  public long slotOfIndex(long index) {
    return log.slotOfIndex(index);
  }

  @Override
  public CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout) {
    return CompletableFuture.completedFuture(snapshotOutcome);
  }

  @Override
  public long formation() {
    return 0xf0;
  }

  @Override
  public @Nullable StoredSnapshot snapshot() {
    return null;
  }

  @Override
  public CompletableFuture<Boolean> pull(
      String consumer, long index, Bytes sha256, Duration timeout) {
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletableFuture<Boolean> handOver(int to, Duration timeout) {
    return CompletableFuture.completedFuture(nodeCondition == NodeCondition.WELL && to != 3);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
