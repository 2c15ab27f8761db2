package io.synod.sim.workload;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Node;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch that stays open at one node, however slowly its reader goes on: the log that it still has
 * to read is kept there, unless the log grows beyond its limit or a peer's snapshot replaces it.
 */
final class WatchClient {
  private final LongSupplier place;
  private @Nullable Node at;
  private AppliedLog.@Nullable Subscription subscription;
  private long installs;
  private boolean reads;

  /** Not open; {@code place} is the first index that its reader still wants. */
  WatchClient(LongSupplier place) {
    this.place = place;
  }

  /** Opens it at this node, unless it is. */
  void open(Host host, Node node) {
    if (node.equals(at) && installs == host.installs()) {
      return;
    }
    close();
    at = node;
    installs = host.installs();
    subscription = node.appliedLog().follow(() -> {}, place);
  }

  /** Its reader got what it asked for: if that is in the log, and not only in memory, it stays. */
  void goesOn(Host host) {
    reads = subscription != null && host.archive.span().firstIndex() <= place.getAsLong();
  }

  /** Its reader was told that what it wants next is gone. */
  void compacted(Host host, long oldest) {
    if (reads && installs == host.installs()) {
      throw new Violation(
          "I12",
          "the log at node "
              + host.node
              + " begins at "
              + oldest
              + ", and an open watch wants "
              + place.getAsLong());
    }
  }

  void close() {
    if (subscription != null) {
      subscription.close();
    }
    subscription = null;
    at = null;
    reads = false;
  }
}
