package io.synod.runtime.snapshot;

import io.synod.paxos.value.Check;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.SnapshotMark;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.runtime.port.StreamWriter;
import io.synod.state.State;
import io.synod.state.StateWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of the replicated state beside the loop, while it goes on applying: a state never
 * changes. Then it trims the log below. One at a time.
 *
 * <p>A state becomes a snapshot once a quorum of voters is known to have it, and not before: the
 * log that could show whose state is right goes for a snapshot, and peers take it over. So every
 * snapshot may be given to any peer at any time, even by a node that differs from others since.
 *
 * <p>All nodes count the same bytes from the same slot, so they take the same snapshots as a rule,
 * and whoever pulls one may go on with another node.
 *
 * <p>{@link #request} may be called from any thread, the rest by the loop's.
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
  private final List<CompletableFuture<SnapshotOutcome>> asked = new ArrayList<>();
  private final List<CompletableFuture<SnapshotOutcome>> waiting = new ArrayList<>();
  private final ConcurrentLinkedQueue<Finished> finished = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  private boolean running;
  // What is to become a snapshot once a quorum has it.
  private @Nullable State next;
  // How much was applied to it, or to what is being taken.
  private long nextBytes;
  // Whether what is being taken takes the place of one that is damaged, for nobody who asked.
  private boolean renewing;
  private long attestedSlot;
  private boolean doubtful;
  private boolean quarantined;

  private record Finished(SnapshotOutcome outcome, long nanos) {}

  /**
   * None yet.
   *
   * @param followedFromIndex the log from here on is still to be read by watchers; called in the
   *     background
   * @param through gives the newest state that is still kept of those up to a slot
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

  /** Wants one of what is applied now, or later. */
  public CompletableFuture<SnapshotOutcome> request() {
    CompletableFuture<SnapshotOutcome> future = new CompletableFuture<>();
    synchronized (asked) {
      asked.add(future);
    }
    wake.run();
    return future;
  }

  /** A snapshot of another node took the place of what was counted. */
  public void installed(long appliedBytes) {
    snapshotSchedule.taken(appliedBytes);
    next = null;
  }

  /** The newest snapshot cannot be read: another takes its place as soon as may be. */
  void damaged() {
    snapshotSchedule.damaged();
  }

  /** Whether that was not done yet. */
  boolean isDamaged() {
    return snapshotSchedule.isDamaged();
  }

  /**
   * What is known of the state here.
   *
   * @param attested the last slot at which a quorum is known to have it
   * @param doubt whether a peer has another one, and no quorum is known to have this one since
   * @param wrong whether a quorum has another one
   */
  void trust(long attested, boolean doubt, boolean wrong) {
    attestedSlot = attested;
    doubtful = doubt;
    quarantined = wrong;
  }

  /**
   * Begins what is due, after everything applied was appended to the journal.
   *
   * @param appliedBytes of the batches applied since the newest snapshot when this process began
   * @param servedFromIndex the log from here on is wanted by a peer that pulls a snapshot
   * @return the slot of which a snapshot became due now, and waits for a quorum; else 0
   */
  long turn(State state, long appliedBytes, long servedFromIndex) {
    conclude();
    if (running) {
      return 0;
    }
    if (quarantined) {
      next = null;
      collect();
      answer(new SnapshotOutcome.Failed(WRONG));
      return 0;
    }
    boolean waits = next != null;
    if (renew(state, servedFromIndex)) {
      return 0;
    }
    if (!waits) {
      collect();
      next = due(state, appliedBytes);
    }
    State chosen = next;
    if (chosen == null) {
      return 0;
    }
    if (chosen.slot() <= attestedSlot) {
      if (isRecorded(chosen)) {
        next = null;
        begin(chosen, servedFromIndex);
      }
      return 0;
    }
    if (doubtful) {
      // It may take long, and who asked is told. What is due goes on waiting.
      collect();
      answer(new SnapshotOutcome.Failed(DOUBTFUL));
    }
    return waits ? 0 : chosen.slot();
  }

  /**
   * A snapshot is never ahead of what is durably recorded as applied, and that may wait for room,
   * as may what was decided since, on which it does not rest.
   */
  private boolean isRecorded(State state) {
    ports.journal().sync();
    return state.slot() <= ports.journal().recorded();
  }

  /**
   * Takes the place of a damaged one, lest peers that need what is in it wait for a quorum that
   * they are part of: with an older state, if no quorum is known to have what is applied.
   */
  private boolean renew(State applied, long servedFromIndex) {
    State due = next;
    if (!snapshotSchedule.isRenewalDue() || (due != null && due.slot() <= attestedSlot)) {
      return false;
    }
    State known = applied.slot() <= attestedSlot ? applied : through.apply(attestedSlot);
    if (known == null || known.slot() == 0 || !isRecorded(known)) {
      return false;
    }
    renewing = true;
    begin(known, servedFromIndex);
    return true;
  }

  private void begin(State state, long servedFromIndex) {
    Check.that(!running, "one snapshot is taken at a time");
    Check.that(
        state.slot() <= attestedSlot,
        "a snapshot is of what a quorum is known to have",
        state.slot(),
        attestedSlot);
    running = true;
    long needed = Math.min(state.neededFrom(settings.lapseMillis()), servedFromIndex);
    execute(() -> take(state, needed));
  }

  private void collect() {
    synchronized (asked) {
      waiting.addAll(asked);
      asked.clear();
    }
  }

  private @Nullable State due(State state, long appliedBytes) {
    if (state.slot() > 0 && (snapshotSchedule.isDue(appliedBytes) || !waiting.isEmpty())) {
      nextBytes = appliedBytes;
      return state;
    }
    answer(new SnapshotOutcome.Failed("nothing is applied yet"));
    return null;
  }

  private void execute(Runnable task) {
    try {
      background.execute(task);
    } catch (RejectedExecutionException e) {
      finished.add(new Finished(new SnapshotOutcome.Failed("the node stops"), 0));
    }
  }

  private void conclude() {
    Finished next = finished.poll();
    if (next == null) {
      return;
    }
    Check.that(running, "what ended was begun");
    running = false;
    if (next.outcome instanceof SnapshotOutcome.Taken taken) {
      snapshotSchedule.taken(renewing ? 0 : nextBytes);
      ports
          .observer()
          .observe(new Observation.SnapshotTaken(taken.mark(), taken.bytes(), next.nanos));
    } else if (next.outcome instanceof SnapshotOutcome.Failed failed) {
      snapshotSchedule.failed();
      ports.observer().observe(new Observation.SnapshotFailed(failed.why()));
    }
    if (!renewing) {
      answer(next.outcome);
    }
    renewing = false;
  }

  private void answer(SnapshotOutcome outcome) {
    waiting.forEach(future -> future.complete(outcome));
    waiting.clear();
  }

  /** Whether {@link #turn} has something to tell. */
  boolean hasFinished() {
    return !finished.isEmpty();
  }

  /** In the background. */
  private void take(State state, long neededFromIndex) {
    long startNanos = ports.clock().nanos();
    SnapshotOutcome outcome;
    try {
      outcome = write(state);
    } catch (RuntimeException e) {
      // The disk may be full: that of the log is another matter, and tells by itself.
      outcome = failed(e);
    }
    try {
      // Though there is no new snapshot, more may go below the one before it, and make room.
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
    State.Mark at = state.mark();
    SnapshotMark mark = new SnapshotMark(at.slot(), at.index(), at.logTimeMillis(), at.digest());
    try (StreamWriter streamWriter = ports.journal().stage(mark)) {
      for (Iterator<byte[]> chunks = StateWriter.chunks(state); chunks.hasNext(); ) {
        if (closed) {
          return new SnapshotOutcome.Failed("the node stops");
        }
        streamWriter.append(chunks.next());
      }
      long bytes = streamWriter.bytes();
      streamWriter.seal();
      return new SnapshotOutcome.Taken(mark, bytes);
    }
  }

  /** Nothing more is taken. */
  void close() {
    closed = true;
    collect();
    answer(new SnapshotOutcome.Failed("the node stops"));
  }
}
