package io.synod.api.call;

import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.ReadLevel;
import io.synod.v1.ReadOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How fresh a read has to be, checked.
 *
 * @param staleness for a BOUNDED read, otherwise zero
 * @param floor the index that has to be applied here; 0 for any
 */
public record ReadWish(ReadLevel level, Duration staleness, long floor) {

  public static ReadWish of(ReadOptions options) {
    ReadLevel level = Fields.level(options);
    Duration staleness =
        level == ReadLevel.BOUNDED
            ? Fields.atLeast(
                "options.max_staleness", options.getMaxStaleness(), Duration.ofNanos(1))
            : Duration.ZERO;
    long floor = Fields.number("options.at_least_index", options.getAtLeastIndex());
    return new ReadWish(level, staleness, floor);
  }

  /** The same, but waits for this index as well. */
  public ReadWish atLeast(long index) {
    return index <= floor ? this : new ReadWish(level, staleness, index);
  }

  /** Waits until it may be served, as long as the current call has time. */
  public CompletableFuture<Freshness> ask(Node node) {
    return node.read(level, staleness, floor, Patience.ofCall());
  }
}
