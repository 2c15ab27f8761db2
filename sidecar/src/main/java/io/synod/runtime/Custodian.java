package io.synod.runtime;

import io.synod.paxos.Bytes;
import io.synod.paxos.Self;
import io.synod.state.Consumer;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Holds here what consumers handed over to any sidecar: gets what the state knows and this disk
 * lacks, says that it is here if this node votes, and removes what the state has forgotten. One
 * thing at a time.
 *
 * <p>{@link #turn} belongs to the loop's thread; the disk is looked at on another.
 */
final class Custodian {
  private static final long PACE_NANOS = 500_000_000;
  private static final long PULL_NANOS = 60_000_000_000L;

  private final Self self;
  private final Ports ports;
  private final Blobs blobs;
  private final Pulls pulls;
  private final Duty store;
  private final Executor background;
  private long lookAtNanos = Long.MIN_VALUE;
  private long turns;
  private volatile boolean looking;
  private volatile @Nullable Finding found;
  private @Nullable CompletableFuture<Boolean> pulling;
  private long pullUntilNanos;
  private Orders.Store wanted = new Orders.Store("", 0, "", 0, Payload.EMPTY, 0);
  // What the state knew when it was looked at last: only what it then forgot is removed.
  private Set<Place> known = Set.of();

  /** A snapshot, by its consumer and index. */
  private record Place(String consumer, long index) {}

  /**
   * What is to be done.
   *
   * @param lacking the state knows of it, and it is not here
   * @param unsaid it is here, and the state does not know that
   */
  private record Finding(List<Orders.Store> lacking, List<Orders.Store> unsaid) {}

  Custodian(Self self, Ports ports, Pulls pulls, Duty store, Executor background) {
    this.self = self;
    this.ports = ports;
    this.blobs = ports.journal().blobs();
    this.pulls = pulls;
    this.store = store;
    this.background = background;
  }

  void turn(long nowNanos, State state) {
    CompletableFuture<Boolean> pull = pulling;
    boolean waits = pull != null && !pull.isDone() && nowNanos < pullUntilNanos;
    if (waits && isWanted(state)) {
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
    } else if (!looking && nowNanos >= lookAtNanos) {
      lookAtNanos = nowNanos + PACE_NANOS;
      look(state);
    }
  }

  /** Whether the state still knows what is being pulled: otherwise nobody may have it any more. */
  private boolean isWanted(State state) {
    Consumer consumer = state.consumer(wanted.consumer());
    Consumer.Snapshot snapshot = consumer == null ? null : consumer.snapshotAt(wanted.index());
    return snapshot != null && snapshot.sha256().equals(wanted.sha256());
  }

  private void act(Finding next, long nowNanos) {
    if (!next.unsaid().isEmpty() && store.isFree(nowNanos)) {
      store.propose(next.unsaid().get(0).encode(), nowNanos);
    } else if (!next.lacking().isEmpty()) {
      // In turn, so that one that nobody has does not keep the others waiting.
      int which = (int) (turns++ % next.lacking().size());
      wanted = next.lacking().get(which);
      Bytes sha256 = Bytes.of(wanted.sha256().bytes());
      pulling = pulls.blob(wanted.consumer(), wanted.index(), sha256);
      pullUntilNanos = nowNanos + PULL_NANOS;
    }
  }

  private void look(State state) {
    Set<Place> before = known;
    Set<Place> now = new HashSet<>();
    for (Consumer consumer : state.consumers()) {
      for (Consumer.Snapshot snapshot : consumer.newestSnapshots()) {
        now.add(new Place(consumer.name(), snapshot.index()));
      }
    }
    known = now;
    if (now.isEmpty() && before.isEmpty()) {
      return;
    }
    looking = true;
    try {
      background.execute(() -> look(state, before, now));
    } catch (RejectedExecutionException stopping) {
      looking = false;
    }
  }

  private void look(State state, Set<Place> before, Set<Place> now) {
    try {
      found = compare(state, before, now);
    } catch (JournalException failed) {
      ports.observer().damaged(failed.getMessage());
    } finally {
      looking = false;
    }
  }

  private Finding compare(State state, Set<Place> before, Set<Place> now) {
    Map<Place, Blobs.Blob> here = new HashMap<>();
    for (Blobs.Blob blob : blobs.list()) {
      Place place = new Place(blob.consumer(), blob.index());
      if (before.contains(place) && !now.contains(place)) {
        blobs.delete(blob.consumer(), blob.index());
      } else {
        here.put(place, blob);
      }
    }
    List<Orders.Store> lacking = new ArrayList<>();
    List<Orders.Store> unsaid = new ArrayList<>();
    boolean counts = self.voters().contains(self.node());
    for (Consumer consumer : state.consumers()) {
      for (Consumer.Snapshot snapshot : consumer.newestSnapshots()) {
        Blobs.Blob blob = here.get(new Place(consumer.name(), snapshot.index()));
        boolean same = blob != null && isSame(blob, snapshot.sha256());
        if (!same) {
          lacking.add(order(consumer.name(), snapshot));
        } else if (counts && !snapshot.isHeldBy(self.node())) {
          unsaid.add(order(consumer.name(), snapshot));
        }
      }
    }
    return new Finding(lacking, unsaid);
  }

  private static boolean isSame(Blobs.Blob blob, Payload sha256) {
    return Payload.of(blob.sha256().array()).equals(sha256);
  }

  private static Orders.Store order(String consumer, Consumer.Snapshot snapshot) {
    return new Orders.Store(
        consumer,
        snapshot.index(),
        snapshot.format(),
        snapshot.bytes(),
        snapshot.sha256(),
        snapshot.quorum());
  }
}
