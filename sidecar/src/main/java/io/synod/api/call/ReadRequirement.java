package io.synod.api.call;

import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.StateReads;
import io.synod.v1.ReadOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How fresh a read must be, checked.
 *
 * @param staleness for a BOUNDED read, otherwise zero
 * @param floor the index that must be applied here; 0 for any
 */
public record ReadRequirement(ReadLevel level, Duration staleness, long floor) {

  public static ReadRequirement of(ReadOptions options) {
    ReadLevel level = RequestFields.level(options);
    Duration staleness =
        level == ReadLevel.BOUNDED
            ? RequestFields.atLeast(
                "options.max_staleness", options.getMaxStaleness(), Duration.ofNanos(1))
            : Duration.ZERO;
    long floor = RequestFields.number("options.at_least_index", options.getAtLeastIndex());
    return new ReadRequirement(level, staleness, floor);
  }

  /** The same requirement, and this index applied as well. */
  public ReadRequirement atLeast(long index) {
    return index <= floor ? this : new ReadRequirement(level, staleness, index);
  }

  /** Waits until the read may be served, at most as long as the deadline of the call allows. */
  public CompletableFuture<ReadFreshness> request(StateReads reads) {
    return reads.read(level, staleness, floor, Deadlines.ofCall());
  }
}
