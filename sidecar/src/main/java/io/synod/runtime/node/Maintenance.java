package io.synod.runtime.node;

import io.synod.runtime.port.StoredSnapshot;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What an operator may ask of this node. */
public interface Maintenance {

  /** Takes a snapshot of the replicated state, and trims the log below it as far as may be. */
  CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout);

  /** The newest snapshot here, to be closed by whoever asked; null if there is none. */
  @Nullable StoredSnapshot snapshot();

  /**
   * If this node leads, hands over to {@code to}, or to whom it thinks best if 0.
   *
   * @return true once another leads, false if this did not happen within {@code timeout}
   */
  CompletableFuture<Boolean> handOver(int to, Duration timeout);
}
