package io.synod.api;

import io.synod.runtime.Freshness;
import io.synod.runtime.Node;
import io.synod.runtime.ReadLevel;
import io.synod.v1.ReadOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How fresh a read is to be, checked.
 *
 * @param staleness for {@link ReadLevel#BOUNDED}, otherwise nothing
 * @param floor the index that must be applied; 0 for any
 */
record ReadWish(ReadLevel level, Duration staleness, long floor) {

  static ReadWish of(ReadOptions options) {
    ReadLevel level = Fields.level(options);
    Duration staleness =
        level == ReadLevel.BOUNDED
            ? Fields.atLeast(
                "options.max_staleness", options.getMaxStaleness(), Duration.ofNanos(1))
            : Duration.ZERO;
    return new ReadWish(
        level, staleness, Fields.number("options.at_least_index", options.getAtLeastIndex()));
  }

  CompletableFuture<Freshness> ask(Node node) {
    return node.read(level, staleness, floor, Patience.ofCall());
  }
}
