package io.synod.api.log;

import io.synod.api.call.Quota;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StateWaits;
import io.synod.api.call.StatusErrors;
import io.synod.state.Consumer;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Admits uploads of snapshots, and waits until a snapshot is on a quorum. Any thread may call any
 * method.
 */
final class SnapshotAdmission {
  private static final int UPLOADS_MAX = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ServiceContext context;
  private final StateWaits waits;
  private final Quota quota;
  private final long lapseMillis;
  private final Set<String> uploading = new HashSet<>();

  SnapshotAdmission(ServiceContext context, StateWaits waits, Quota quota, long lapseMillis) {
    this.context = context;
    this.waits = waits;
    this.quota = quota;
    this.lapseMillis = lapseMillis;
  }

  /** Admits an upload: one for each consumer at a time, and a limited number in all. */
  void begin(SystemCommands.Store order) {
    check(order);
    quota.admitSnapshot(order.bytes());
    waits.admit();
    synchronized (uploading) {
      if (uploading.size() >= UPLOADS_MAX || !uploading.add(order.consumer())) {
        throw StatusErrors.overloaded("other snapshots are being uploaded", 1_000);
      }
    }
  }

  /** Records that an upload is over. */
  void ended(String consumer) {
    synchronized (uploading) {
      uploading.remove(consumer);
    }
  }

  /** Refuses an upload that cannot succeed. */
  void check(SystemCommands.Store order) {
    Consumer consumer = context.node().reads().state().consumer(order.consumer());
    if (consumer == null) {
      return;
    }
    Consumer.Snapshot same = consumer.snapshotAt(order.index());
    if (same != null && !same.sha256().equals(order.sha256())) {
      if (!same.disputed()) {
        // Copies whose snapshots differ may have different states, so the dispute goes into the
        // log.
        NewEntry refused = NewEntry.of(Entry.Kind.STORE, order.refused().encode());
        var unused = context.node().proposer().propose(refused, PATIENCE);
      }
      throw StatusErrors.digestMismatch("another copy stored a different snapshot for this index");
    }
    Consumer.Snapshot safe = consumer.safeSnapshot();
    if (safe != null && safe.index() > order.index()) {
      throw StatusErrors.invalid(
          "header.snapshot.index", "is below " + safe.index() + ", the index of a stored snapshot");
    }
  }

  /** Waits until this snapshot, or a newer one, is on a quorum. */
  CompletableFuture<Boolean> whenSafe(SystemCommands.Store order, Duration left) {
    return waits.until(state -> isDecided(state, order), left);
  }

  private static boolean isDecided(State state, SystemCommands.Store order) {
    Consumer consumer = state.consumer(order.consumer());
    if (consumer == null) {
      // The consumer was dropped meanwhile.
      return true;
    }
    Consumer.Snapshot mine = consumer.snapshotAt(order.index());
    Consumer.Snapshot safe = consumer.safeSnapshot();
    return (safe != null && safe.index() >= order.index())
        || (mine != null && !mine.sha256().equals(order.sha256()));
  }

  long neededFrom(Consumer consumer, State now) {
    return SnapshotMessages.neededFrom(consumer, now, now.mark().logTimeMillis() - lapseMillis);
  }
}
