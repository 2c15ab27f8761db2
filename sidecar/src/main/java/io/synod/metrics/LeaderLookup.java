package io.synod.metrics;

import io.synod.paxos.value.Bytes;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Knows who holds a lock, which is who leads; for shell scripts and probes. */
@FunctionalInterface
public interface LeaderLookup {

  /** Asks who holds the lock of this name; answers soon, whatever happens. */
  CompletableFuture<LeaderAnswer> of(String name);

  /** What is known. */
  sealed interface LeaderAnswer {}

  /**
   * Somebody holds it.
   *
   * @param token the fencing token
   * @param value what the holder proclaims
   * @param sinceMillis log time of the grant
   * @param validNanos how long it lasts at least; 0 if this node cannot know
   */
  record Holder(int node, long token, Bytes value, long sinceMillis, long validNanos)
      implements LeaderAnswer {}

  /** Nobody holds it. */
  record Free() implements LeaderAnswer {}

  /** This node cannot know. */
  record Unknown(@Nullable String why) implements LeaderAnswer {}
}
