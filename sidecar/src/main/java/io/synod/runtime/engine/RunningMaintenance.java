package io.synod.runtime.engine;

import io.synod.paxos.View;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Maintenance;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.read.EventRing;
import io.synod.runtime.snapshot.Snapshotter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The maintenance of a running node.
 *
 * @param node its number
 * @param formed returns the digest of the formation, 0 if there is none
 */
record RunningMaintenance(
    int node,
    NodePorts ports,
    Supplier<NodeView> nodeView,
    EventRing trace,
    Snapshotter snapshotter,
    LongSupplier formed)
    implements Maintenance {

  @Override
  public CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout) {
    return snapshotter
        .request()
        .completeOnTimeout(new SnapshotOutcome.Late(), timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public long formation() {
    return formed.getAsLong();
  }

  @Override
  public @Nullable StoredSnapshot snapshot() {
    return ports.journal().snapshot();
  }

  @Override
  public CompletableFuture<Boolean> handOver(int to, Duration timeout) {
    if (nodeView.get().view().role() != View.Role.LEADER) {
      return CompletableFuture.completedFuture(false);
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    AtomicLong seen = new AtomicLong(trace.next());
    AppliedLog.Subscription subscription =
        trace.onRecord(
            () -> {
              for (EventLog.LoggedEvent loggedEvent : trace.since(seen.get(), Integer.MAX_VALUE)) {
                seen.set(loggedEvent.number() + 1);
                if (isAnother(loggedEvent.event())) {
                  done.complete(true);
                }
              }
            });
    ports.mailbox().offer(new Input.HandOver(to));
    return done.completeOnTimeout(false, timeout.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((result, thrown) -> subscription.close());
  }

  private boolean isAnother(Event event) {
    return event instanceof Event.LeaderChanged changed
        && !changed.leader().isNone()
        && changed.leader().node() != node;
  }
}
