package io.synod.runtime.snapshot;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.runtime.port.StreamWriter;
import io.synod.state.State;
import io.synod.state.StateWriter;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of the replicated state in the background, while the loop continues to apply: a
 * state is immutable. Then it trims the log below. It takes one at a time.
 *
 * <p>A state is written as a snapshot only once a quorum of voters is known to have it: trimming
 * removes the log that could show whose state is right, and peers install the snapshot. So every
 * snapshot may be served to any peer at any time, even by a node whose state diverged since.
 *
 * <p>All nodes count the same bytes from the same slot, so they normally take the same snapshots,
 * and a peer that fetches one may continue with another node.
 *
 * <p>{@link #request} may be called from any thread, the other methods by the loop's.
 */
public final class Snapshotter {
  private static final String WRONG = "the state here is not that of a majority";
  private static final String DOUBTFUL =
      "the state of another sidecar differs, and no majority is known to have the one here";

  private final NodePorts ports;
  private final SnapshotSettings settings;
  private final SnapshotSchedule snapshotSchedule;
  private final LongSupplier followedFromIndex;
  private final LongFunction<@Nullable State> through;
  private final Executor background;
  private final Runnable wake;
  private final SnapshotRequests requests = new SnapshotRequests();
  private final ConcurrentLinkedQueue<Finished> finished = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  private boolean running;
  // The state of the next snapshot, once a quorum has it.
  private @Nullable State next;
  // The bytes applied up to it, or up to the state that is being written.
  private long nextBytes;
  // Whether the running task answers no request: it replaces a damaged snapshot, or only trims.
  private boolean unasked;
  // The newest state whose slot the journal recorded as applied; null before there is one.
  private @Nullable State recorded;
  private long attestedSlot;
  private boolean doubtful;
  private boolean quarantined;
  // The last snapshot that was taken for a peer.
  private CompletableFuture<SnapshotOutcome> wanted =
      CompletableFuture.completedFuture(new SnapshotOutcome.Stopping());

  /** The end of a task; its outcome is null if it only trimmed. */
  private record Finished(@Nullable SnapshotOutcome outcome, long nanos) {}

  /**
   * Creates it without snapshots.
   *
   * @param followedFromIndex the first index that watchers still have to read; called in the
   *     background
   * @param through returns the newest kept state up to a slot
   */
  public Snapshotter(
      NodePorts ports,
      SnapshotSettings settings,
      LongSupplier followedFromIndex,
      LongFunction<@Nullable State> through,
      SnapshotFetch.Background background) {
    this.ports = ports;
    this.settings = settings;
    this.snapshotSchedule = new SnapshotSchedule(ports.clock(), settings.everyBytes());
    this.followedFromIndex = followedFromIndex;
    this.through = through;
    this.background = background.executor();
    this.wake = background.wake();
  }

  /**
   * Requests a snapshot of the current state, or a later one. While the log waits for disk space,
   * it is of the newest state that is recorded.
   */
  public CompletableFuture<SnapshotOutcome> request() {
    CompletableFuture<SnapshotOutcome> future = requests.add();
    wake.run();
    return future;
  }

  /** A snapshot of another node replaced the counted slots. */
  public void installed(long appliedBytes) {
    snapshotSchedule.taken(appliedBytes);
    next = null;
  }

  /** A peer wants a newer snapshot than the newest one here. */
  void wanted() {
    if (wanted.isDone()) {
      wanted = request();
    }
  }

  /** Whether the state here is wrong. */
  boolean isQuarantined() {
    return quarantined;
  }

  /** The newest snapshot cannot be read: it is replaced as soon as possible. */
  void damaged() {
    snapshotSchedule.damaged();
  }

  /** Whether it was not replaced yet. */
  boolean isDamaged() {
    return snapshotSchedule.isDamaged();
  }

  /**
   * Sets what is known of the state here.
   *
   * @param attested the last slot at which a quorum is known to have it
   * @param doubt whether a peer's differs, and no quorum is known to have this one since
   * @param wrong whether a quorum's differs
   */
  void setAttested(long attested, boolean doubt, boolean wrong) {
    attestedSlot = attested;
    doubtful = doubt;
    quarantined = wrong;
  }

  /**
   * Begins a snapshot that is due, after everything applied was appended to the journal.
   *
   * @param appliedBytes of the batches applied since the newest snapshot when this process began
   * @param servedFromIndex the first index of the log that a peer needs that fetches a snapshot
   * @return the slot of a snapshot that became due now, and waits for a quorum; else 0
   */
  long turn(State state, long appliedBytes, long servedFromIndex) {
    if (state.slot() > 0 && state.slot() <= ports.journal().recorded()) {
      recorded = state;
    }
    conclude();
    if (running) {
      return 0;
    }
    if (quarantined) {
      next = null;
      requests.collect();
      requests.answer(new SnapshotOutcome.Failed(WRONG));
      return 0;
    }
    boolean waits = next != null;
    if (renew(state, servedFromIndex)) {
      return 0;
    }
    if (!waits) {
      requests.collect();
      next = due(state, appliedBytes);
    }
    State chosen = next;
    if (chosen != null && chosen.slot() <= attestedSlot) {
      next = null;
      begin(chosen, servedFromIndex);
      return 0;
    }
    trimIfFull(servedFromIndex);
    if (chosen == null) {
      return 0;
    }
    if (doubtful) {
      // That may take long, so requests are answered. The due snapshot keeps waiting.
      requests.collect();
      requests.answer(new SnapshotOutcome.Failed(DOUBTFUL));
    }
    return waits ? 0 : chosen.slot();
  }

  /**
   * This state if its slot is durably recorded as applied, since no snapshot is ahead of that. The
   * record may wait for disk space, and only trimming below a snapshot may free it: then an earlier
   * state whose slot is recorded, or null if there is none.
   */
  private @Nullable State recorded(State state) {
    ports.journal().sync();
    return state.slot() <= ports.journal().recorded() ? state : recorded;
  }

  /**
   * Trims without a new snapshot while the log is full: none may become due, since nothing is
   * applied, but watchers and peers may need less of the log than when the last one was taken.
   */
  private void trimIfFull(long servedFromIndex) {
    State durable = recorded;
    boolean trims = ports.journal().isFull() && !snapshotSchedule.isDamaged();
    if (durable != null && trims && snapshotSchedule.isTrimDue()) {
      unasked = true;
      run(null, neededFromIndex(durable, servedFromIndex));
    }
  }

  /**
   * Replaces a damaged one, so that peers that need its content do not wait for a quorum of which
   * they are part: with an older state, if no quorum is known to have the applied one.
   */
  private boolean renew(State applied, long servedFromIndex) {
    State due = next;
    if (!snapshotSchedule.isRenewalDue() || (due != null && due.slot() <= attestedSlot)) {
      return false;
    }
    State known = applied.slot() <= attestedSlot ? applied : through.apply(attestedSlot);
    State durable = known == null || known.slot() == 0 ? null : recorded(known);
    if (durable == null) {
      return false;
    }
    unasked = true;
    begin(durable, servedFromIndex);
    return true;
  }

  private void begin(State state, long servedFromIndex) {
    Check.that(
        state.slot() <= attestedSlot,
        "a snapshot is of what a quorum is known to have",
        state.slot(),
        attestedSlot);
    long recordedSlot = ports.journal().recorded();
    Check.that(
        state.slot() <= recordedSlot,
        "a snapshot is of what is recorded as applied",
        state.slot(),
        recordedSlot);
    run(state, neededFromIndex(state, servedFromIndex));
  }

  /** Takes a snapshot of this state unless it is null, and trims, in the background. */
  private void run(@Nullable State state, long neededFromIndex) {
    Check.that(!running, "one snapshot is taken at a time");
    running = true;
    execute(() -> take(state, neededFromIndex));
  }

  private long neededFromIndex(State state, long servedFromIndex) {
    return Math.min(state.neededFrom(settings.lapseMillis()), servedFromIndex);
  }

  private @Nullable State due(State state, long appliedBytes) {
    if (state.slot() > 0 && (snapshotSchedule.isDue(appliedBytes) || requests.areWaiting())) {
      State durable = recorded(state);
      if (durable != null) {
        nextBytes = appliedBytes;
        return durable;
      }
    }
    requests.answer(new SnapshotOutcome.Failed("nothing is applied yet"));
    return null;
  }

  private void execute(Runnable task) {
    try {
      background.execute(task);
    } catch (RejectedExecutionException e) {
      finished.add(new Finished(new SnapshotOutcome.Stopping(), 0));
    }
  }

  private void conclude() {
    Finished next = finished.poll();
    if (next == null) {
      return;
    }
    Check.that(running, "a snapshot that ended was begun");
    running = false;
    if (next.outcome instanceof SnapshotOutcome.Taken taken) {
      snapshotSchedule.taken(unasked ? 0 : nextBytes);
      ports
          .observer()
          .observe(new Observation.SnapshotTaken(taken.mark(), taken.bytes(), next.nanos));
    } else if (next.outcome instanceof SnapshotOutcome.Failed failed) {
      snapshotSchedule.failed();
      ports.observer().observe(new Observation.SnapshotFailed(failed.why()));
    }
    if (next.outcome != null && !unasked) {
      requests.answer(next.outcome);
    }
    unasked = false;
  }

  /** Whether {@link #turn} has results to report. */
  boolean hasFinished() {
    return !finished.isEmpty();
  }

  /** Runs in the background. */
  private void take(@Nullable State state, long neededFromIndex) {
    long startNanos = ports.clock().nanos();
    @Nullable SnapshotOutcome outcome;
    try {
      outcome = state == null ? null : write(state);
    } catch (RuntimeException e) {
      // The disk may be full: the log handles and reports that itself.
      outcome = failed(e);
    }
    try {
      // Even without a new snapshot, more of the log below the previous one may be trimmed, which
      // frees space.
      long needed = Math.min(neededFromIndex, followedFromIndex.getAsLong());
      ports.journal().trim(new Retention(needed, settings.keepBytes(), settings.bytesMax()));
    } catch (RuntimeException e) {
      outcome = outcome instanceof SnapshotOutcome.Failed ? outcome : failed(e);
    }
    finished.add(new Finished(outcome, ports.clock().nanos() - startNanos));
    wake.run();
  }

  private static SnapshotOutcome failed(RuntimeException e) {
    return new SnapshotOutcome.Failed(String.valueOf(e.getMessage()));
  }

  private SnapshotOutcome write(State state) {
    SnapshotMark mark = StoredState.markOf(state);
    try (StreamWriter streamWriter = ports.journal().stage(mark)) {
      for (Iterator<byte[]> chunks = StateWriter.chunks(state); chunks.hasNext(); ) {
        if (closed) {
          return new SnapshotOutcome.Stopping();
        }
        streamWriter.append(chunks.next());
      }
      long bytes = streamWriter.bytes();
      streamWriter.seal();
      return new SnapshotOutcome.Taken(mark, bytes);
    }
  }

  /** Stops taking snapshots. */
  void close() {
    closed = true;
    requests.close();
  }
}
