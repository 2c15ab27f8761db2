package io.synod.runtime.node;

import io.synod.runtime.port.StoredSnapshot;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The operations on this node for operators. */
public interface Maintenance {

  /** Takes a snapshot of the replicated state, and trims the log below it as far as permitted. */
  CompletableFuture<SnapshotOutcome> takeSnapshot(Duration timeout);

  /**
   * The digest of the formation of the cluster; 0 if it has not formed, as far as is known here.
   */
  long formation();

  /** The newest snapshot here, which the caller must close; null if there is none. */
  @Nullable StoredSnapshot snapshot();

  /**
   * If this node leads, hands over to {@code to}, or to the most up-to-date voter if 0.
   *
   * @return true once another leads, false if this did not happen within {@code timeout}
   */
  CompletableFuture<Boolean> handOver(int to, Duration timeout);
}
