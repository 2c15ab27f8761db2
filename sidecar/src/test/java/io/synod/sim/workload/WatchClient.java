package io.synod.sim.workload;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Node;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch that stays open at one node while its reader is slow. The node keeps the log that the
 * reader still needs, unless the log exceeds its limit or a peer's snapshot replaces it.
 */
final class WatchClient {
  private final LongSupplier place;
  private @Nullable Node at;
  private AppliedLog.@Nullable Subscription subscription;
  private long installs;
  private boolean reads;

  /** Creates a closed watch; {@code place} is the next index that its reader needs. */
  WatchClient(LongSupplier place) {
    this.place = place;
  }

  /** Opens the watch at this node, unless it is open there. */
  void open(Host host, Node node) {
    if (node.equals(at) && installs == host.installs()) {
      return;
    }
    close();
    at = node;
    installs = host.installs();
    subscription = node.appliedLog().follow(() -> {}, place);
  }

  /**
   * The reader got a page. If its next index is in the archive, and not only in memory, it must
   * stay.
   */
  void goesOn(Host host) {
    reads = subscription != null && host.archive.span().firstIndex() <= place.getAsLong();
  }

  /** The reader was told that its next index has been trimmed. */
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
