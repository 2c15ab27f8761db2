package io.synod.runtime.node;

import io.synod.state.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The replicated state as applied at this node, and its freshness. */
public interface StateReads {

  /**
   * Waits until a read at this level may be served from the {@link AppliedLog}. If the future is
   * cancelled, the read is abandoned.
   *
   * @param maxStaleness for {@link ReadLevel#BOUNDED}, otherwise ignored
   * @param atLeastIndex wait until the command with this index is applied here; 0 for no wait
   */
  CompletableFuture<ReadFreshness> read(
      ReadLevel level, Duration maxStaleness, long atLeastIndex, Duration timeout);

  /** The replicated state as applied here; not behind the {@link AppliedLog}. */
  State state();

  /** The state just after this command; null if it is no longer kept, or not applied yet. */
  @Nullable State stateAt(long index);

  /** The first index for which {@link #stateAt} has the state; {@code Long.MAX_VALUE} if none. */
  long oldestState();

  /** Whether this node's state differs from that of a majority: then it must not be served. */
  default boolean isQuarantined() {
    return false;
  }
}
