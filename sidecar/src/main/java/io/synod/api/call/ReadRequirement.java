package io.synod.api.call;

import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.StateReads;
import io.synod.v1.ReadOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How fresh a read has to be, checked.
 *
 * @param staleness for a BOUNDED read, otherwise zero
 * @param floor the index that has to be applied here; 0 for any
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

  /** The same, but waits for this index as well. */
  public ReadRequirement atLeast(long index) {
    return index <= floor ? this : new ReadRequirement(level, staleness, index);
  }

  /** Waits until it may be served, as long as the current call has time. */
  public CompletableFuture<ReadFreshness> ask(StateReads reads) {
    return reads.read(level, staleness, floor, Deadlines.ofCall());
  }
}
