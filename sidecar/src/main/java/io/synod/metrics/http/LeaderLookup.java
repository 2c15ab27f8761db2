package io.synod.metrics.http;

import io.synod.paxos.value.Bytes;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Looks up the holder of a lock, for shell scripts and probes. */
@FunctionalInterface
public interface LeaderLookup {

  /** Looks up the holder of the lock with this name; completes within a bounded time. */
  CompletableFuture<LeaderAnswer> of(String name);

  /** What this node knows of the holder. */
  sealed interface LeaderAnswer {}

  /**
   * The lock is held.
   *
   * @param token the fencing token
   * @param value the value of the holder
   * @param sinceMillis log time of the grant
   * @param validNanos how long the hold lasts at least; 0 if this node cannot know
   */
  record Holder(int node, long token, Bytes value, long sinceMillis, long validNanos)
      implements LeaderAnswer {}

  /** The lock is free. */
  record Free() implements LeaderAnswer {}

  /** This node cannot know the holder, and why. */
  record Unknown(@Nullable String why) implements LeaderAnswer {}
}
