package io.synod.runtime.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.Cluster;
import io.synod.runtime.engine.Holds;
import io.synod.runtime.node.Feed;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.Bounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page begins with the very index that is asked for, and the next one where it ends. */
class AppliedFeedTest {
  private static final int WRITTEN = 60;

  private final List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();

  /** From memory, from the journal, and from both. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 1, 600})
  void readsEveryIndexOnceFromWhereverItBegins(int recentBytes) {
    Bounds usual = Bounds.defaults();
    Cluster cluster =
        new Cluster(
            1,
            new Bounds(
                usual.pendingMax(),
                usual.pendingBytesMax(),
                usual.readsMax(),
                usual.mailboxMax(),
                usual.mailboxBytesMax(),
                recentBytes,
                usual.statesMax()));
    cluster.run(3_000);
    for (int i = 0; i < WRITTEN; i++) {
      // Some share a slot.
      outcomes.add(cluster.node(1).propose("", Holds.text("v" + i), Duration.ofSeconds(5)));
      cluster.run(i % 3);
    }
    outcomes.forEach(cluster::await);
    Feed feed = cluster.node(1).feed();
    assertThat(feed.appliedIndex()).isGreaterThan(WRITTEN);
    for (long from = 1; from <= feed.appliedIndex(); from++) {
      for (int most : new int[] {1, 3, Integer.MAX_VALUE}) {
        Feed.Page page = feed.page(from, most, Integer.MAX_VALUE);
        long index = from;
        for (Feed.Item item : page.entries()) {
          assertThat(item.index()).isEqualTo(index++);
        }
        assertThat(page.next()).isEqualTo(index);
        long wanted = Math.min(most, feed.appliedIndex() - from + 1);
        assertThat(page.entries()).hasSize((int) wanted);
      }
    }
    Feed.Page behind = feed.page(feed.appliedIndex() + 1, 10, 1_000);
    assertThat(behind.entries()).isEmpty();
    assertThat(behind.next()).isEqualTo(feed.appliedIndex() + 1);
  }
}
