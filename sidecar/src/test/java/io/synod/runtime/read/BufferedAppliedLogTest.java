package io.synod.runtime.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.CallerLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a page of the log begins at the requested index, and the next page where it ends. */
class BufferedAppliedLogTest {
  private static final int WRITTEN = 60;

  private final List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();

  /** The sizes make it read from memory, from the journal, and from both. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 1, 600})
  void readsEveryIndexOnceFromWhereverItBegins(int recentBytes) {
    CallerLimits usual = CallerLimits.defaults();
    TestCluster cluster =
        new TestCluster(
            1,
            new CallerLimits(
                usual.pendingMax(),
                usual.pendingBytesMax(),
                usual.readsMax(),
                usual.mailboxMax(),
                usual.mailboxBytesMax(),
                recentBytes,
                usual.statesMax()));
    cluster.run(3_000);
    for (int i = 0; i < WRITTEN; i++) {
      // Some of the commands share a slot.
      outcomes.add(
          cluster.node(1).proposer().propose("", TestLocks.text("v" + i), Duration.ofSeconds(5)));
      cluster.run(i % 3);
    }
    outcomes.forEach(cluster::await);
    AppliedLog appliedLog = cluster.node(1).appliedLog();
    assertThat(appliedLog.appliedIndex()).isGreaterThan(WRITTEN);
    for (long from = 1; from <= appliedLog.appliedIndex(); from++) {
      for (int most : new int[] {1, 3, Integer.MAX_VALUE}) {
        AppliedLog.Page page = appliedLog.page(from, most, Integer.MAX_VALUE);
        long index = from;
        for (AppliedLog.Item item : page.entries()) {
          assertThat(item.index()).isEqualTo(index++);
        }
        assertThat(page.next()).isEqualTo(index);
        long wanted = Math.min(most, appliedLog.appliedIndex() - from + 1);
        assertThat(page.entries()).hasSize((int) wanted);
      }
    }
    AppliedLog.Page behind = appliedLog.page(appliedLog.appliedIndex() + 1, 10, 1_000);
    assertThat(behind.entries()).isEmpty();
    assertThat(behind.next()).isEqualTo(appliedLog.appliedIndex() + 1);
  }
}
