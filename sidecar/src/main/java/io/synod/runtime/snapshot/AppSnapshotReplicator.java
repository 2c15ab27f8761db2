package io.synod.runtime.snapshot;

import io.synod.paxos.Self;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.AppSnapshots.Sealed;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.propose.SingleProposal;
import io.synod.state.Consumer;
import io.synod.state.State;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replicates the snapshots of consumers to this node: fetches those that the state knows and this
 * disk lacks, reports to the log that they are here if this node votes, and removes those that are
 * obsolete. It does one thing at a time.
 *
 * <p>{@link #turn} belongs to the loop's thread; another thread reads the disk.
 */
public final class AppSnapshotReplicator {
  private static final long PACE_NANOS = 500_000_000;
  private static final long PULL_NANOS = 60_000_000_000L;

  private final Self self;
  private final NodePorts ports;
  private final SnapshotFetcher snapshotFetcher;
  private final SingleProposal store;
  private final Executor background;
  private final AppSnapshotGc appSnapshotGc = new AppSnapshotGc();
  private long compareAtNanos = Long.MIN_VALUE;
  private long turns;
  private volatile boolean comparing;
  private volatile @Nullable Finding found;
  private @Nullable CompletableFuture<Boolean> pulling;
  private long pullUntilNanos;
  private SystemCommands.Store target =
      new SystemCommands.Store("", 0, "", 0, Payload.EMPTY, 0, false);

  /** The position of a consumer's snapshot. */
  private record SnapshotPosition(String consumer, long index) {}

  /**
   * The work to be done.
   *
   * @param lacking snapshots that the state knows and that are not here
   * @param unrecorded snapshots that are here, where the state does not record that
   */
  private record Finding(
      List<SystemCommands.Store> lacking, List<SystemCommands.Store> unrecorded) {}

  public AppSnapshotReplicator(
      Self self,
      NodePorts ports,
      SnapshotFetcher snapshotFetcher,
      SingleProposal store,
      Executor background) {
    this.self = self;
    this.ports = ports;
    this.snapshotFetcher = snapshotFetcher;
    this.store = store;
    this.background = background;
  }

  /**
   * Continues the replication.
   *
   * @param state the newest, whichever thread calls it
   * @param freshAtNanos everything chosen before this moment is in the state; Long.MIN_VALUE if the
   *     state may be wrong
   */
  void turn(long nowNanos, Supplier<State> state, long freshAtNanos) {
    CompletableFuture<Boolean> pull = pulling;
    boolean waits = pull != null && !pull.isDone() && nowNanos < pullUntilNanos;
    if (waits && isRecorded(state.get())) {
      return;
    }
    if (pull != null) {
      pull.cancel(false);
      pulling = null;
    }
    Finding next = found;
    if (next != null) {
      found = null;
      act(next, nowNanos);
    } else if (!comparing && nowNanos >= compareAtNanos) {
      compareAtNanos = nowNanos + PACE_NANOS;
      compare(state, nowNanos, freshAtNanos);
    }
  }

  /**
   * Whether the state still knows the snapshot that is being fetched: otherwise no node may have it
   * any more.
   */
  private boolean isRecorded(State state) {
    Consumer consumer = state.consumer(target.consumer());
    Consumer.Snapshot snapshot = consumer == null ? null : consumer.snapshotAt(target.index());
    return snapshot != null && snapshot.sha256().equals(target.sha256());
  }

  private void act(Finding next, long nowNanos) {
    if (!next.unrecorded().isEmpty() && store.isFree(nowNanos)) {
      store.propose(next.unrecorded().get(0).encode(), nowNanos);
    } else if (!next.lacking().isEmpty()) {
      // In rotation, so that a snapshot that no node has does not block the others.
      int which = (int) (turns++ % next.lacking().size());
      target = next.lacking().get(which);
      Bytes sha256 = Bytes.of(target.sha256().bytes());
      pulling = snapshotFetcher.blob(target.consumer(), target.index(), sha256);
      pullUntilNanos = nowNanos + PULL_NANOS;
    }
  }

  private void compare(Supplier<State> state, long nowNanos, long freshAtNanos) {
    comparing = true;
    try {
      background.execute(
          () -> {
            try {
              clear(state, nowNanos, freshAtNanos);
              found = compare(state.get());
            } catch (JournalException failed) {
              ports.observer().observe(new Observation.Damaged(failed.getMessage()));
            } finally {
              comparing = false;
            }
          });
    } catch (RejectedExecutionException stopping) {
      comparing = false;
    }
  }

  /** Removes obsolete snapshots. */
  private void clear(Supplier<State> applied, long nowNanos, long freshAtNanos) {
    AppSnapshots appSnapshots = ports.journal().appSnapshots();
    List<Sealed> here = appSnapshots.sealed();
    // The state is no older than the one that the sealer of any listed snapshot saw.
    Map<String, Consumer> byShelf = new HashMap<>();
    for (Consumer consumer : applied.get().consumers()) {
      byShelf.put(appSnapshots.group(consumer.name()), consumer);
    }
    Set<Sealed> unknown = new HashSet<>();
    List<Sealed> obsolete = new ArrayList<>();
    for (Sealed one : here) {
      Consumer consumer = byShelf.get(one.group());
      if (consumer == null || consumer.snapshotAt(one.index()) == null) {
        unknown.add(one);
        if (freshAtNanos != Long.MIN_VALUE && isReplaced(consumer, one.index())) {
          obsolete.add(one);
        }
      }
    }
    obsolete.addAll(appSnapshotGc.due(unknown, nowNanos, freshAtNanos));
    obsolete.forEach(appSnapshots::delete);
  }

  /** Whether a newer one is safe: then this one is not fetched any more. */
  private static boolean isReplaced(@Nullable Consumer consumer, long index) {
    Consumer.Snapshot safe = consumer == null ? null : consumer.safeSnapshot();
    return safe != null && safe.index() > index;
  }

  private Finding compare(State state) {
    Map<SnapshotPosition, AppSnapshots.Blob> here = new HashMap<>();
    for (AppSnapshots.Blob blob : ports.journal().appSnapshots().list()) {
      here.put(new SnapshotPosition(blob.consumer(), blob.index()), blob);
    }
    List<SystemCommands.Store> lacking = new ArrayList<>();
    List<SystemCommands.Store> unrecorded = new ArrayList<>();
    boolean counts = self.voters().contains(self.node());
    for (Consumer consumer : state.consumers()) {
      for (Consumer.Snapshot snapshot : consumer.newestSnapshots()) {
        AppSnapshots.Blob blob = here.get(new SnapshotPosition(consumer.name(), snapshot.index()));
        boolean same = blob != null && isSame(blob, snapshot.sha256());
        if (!same) {
          lacking.add(order(consumer.name(), snapshot));
        } else if (counts && !snapshot.isHeldBy(self.node())) {
          unrecorded.add(order(consumer.name(), snapshot).byAnother());
        }
      }
    }
    return new Finding(lacking, unrecorded);
  }

  private static boolean isSame(AppSnapshots.Blob blob, Payload sha256) {
    return Payload.of(blob.sha256().array()).equals(sha256);
  }

  private static SystemCommands.Store order(String consumer, Consumer.Snapshot snapshot) {
    return new SystemCommands.Store(
        consumer,
        snapshot.index(),
        snapshot.format(),
        snapshot.bytes(),
        snapshot.sha256(),
        snapshot.quorum(),
        false);
  }
}
