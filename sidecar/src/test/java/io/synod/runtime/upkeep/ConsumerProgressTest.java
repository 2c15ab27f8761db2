package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.CallerLimits;
import io.synod.state.Consumer;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests how acknowledgements of consumers' copies reach the log. */
class ConsumerProgressTest {
  private final TestCluster cluster = new TestCluster(3);
  private final TestLocks testLocks = new TestLocks(cluster);

  private int follower() {
    return cluster.leader() % 3 + 1;
  }

  private int third() {
    return follower() % 3 + 1;
  }

  private List<AppliedLog.Item> acknowledgements(int node) {
    return cluster.node(node).appliedLog().page(1, 1 << 20, 1 << 28).entries().stream()
        .filter(item -> item.entry().kind() == Entry.Kind.ACKNOWLEDGE)
        .toList();
  }

  @Test
  void acknowledgementsThatComeTooFastAreToldAsTheFurthest() {
    cluster.run(3_000);
    int node = follower();
    long through = 0;
    for (int i = 0; i < 30; i++) {
      through = testLocks.put(node, new Op.Put("k", TestLocks.text("" + i), 0, 0));
    }
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (long index = through - 20; index <= through; index++) {
      outcomes.add(
          cluster
              .node(node)
              .consumers()
              .acknowledge("c", index, TestLocks.text("digest " + index), TestLocks.TEN));
    }
    cluster.run(1_000);
    for (CompletableFuture<Outcome> outcome : outcomes) {
      Outcome.Applied applied = (Outcome.Applied) outcome.join();
      assertThat(applied.reply()).isEqualTo(new Reply.Acknowledged(through));
    }
    assertThat(acknowledgements(node)).hasSize(1);
    Consumer.Copy copy = Objects.requireNonNull(consumer(node).copyOf(node));
    assertThat(copy.digests().byIndex())
        .containsEntry(through, TestLocks.text("digest " + through))
        .containsEntry(through - 1, TestLocks.text("digest " + (through - 1)))
        .hasSizeLessThan(12);
    var late =
        cluster
            .node(node)
            .consumers()
            .acknowledge("c", through - 5, TestLocks.text("old"), TestLocks.TEN);
    assertThat(((Outcome.Applied) cluster.await(late)).reply())
        .isEqualTo(new Reply.Acknowledged(through));
    var beyond =
        cluster
            .node(node)
            .consumers()
            .acknowledge("c", through + 99, TestLocks.text("?"), TestLocks.TEN);
    assertThat(cluster.await(beyond)).isInstanceOf(Outcome.WithoutEffect.class);
  }

  @Test
  void anAcknowledgementWithoutADigestLosesNoneBeforeIt() {
    cluster.run(3_000);
    int node = follower();
    long through = testLocks.put(node, new Op.Put("k", TestLocks.text("x"), 0, 0));
    var first =
        cluster
            .node(node)
            .consumers()
            .acknowledge("c", through - 1, TestLocks.text("d"), TestLocks.TEN);
    var later =
        cluster.node(node).consumers().acknowledge("c", through, Payload.EMPTY, TestLocks.TEN);
    cluster.run(1_000);
    assertThat(first).isCompleted();
    assertThat(later).isCompleted();
    Consumer.Copy copy = consumer(node).copyOf(node);
    assertThat(copy).matches(known -> known != null && known.ackedIndex() == through);
    assertThat(copy)
        .matches(known -> known != null && known.digests().byIndex().containsKey(through - 1));
    assertThat(acknowledgements(node)).hasSize(1);
  }

  private Consumer consumer(int node) {
    return Objects.requireNonNull(cluster.node(node).reads().state().consumer("c"));
  }

  /**
   * Acknowledges every third index at one copy and every fifth at the other, as fast as possible.
   */
  private void acknowledgeAtOddStrides(long from, long to, String otherwise) {
    int one = follower();
    for (long step = from; step < to; step += 15) {
      for (long index = step; index < step + 15; index++) {
        if (index % 3 == 0) {
          var unused =
              cluster
                  .node(one)
                  .consumers()
                  .acknowledge("c", index, TestLocks.text("d" + index), TestLocks.TEN);
        }
        if (index % 5 == 0) {
          String digest = otherwise + index;
          var unused =
              cluster
                  .node(third())
                  .consumers()
                  .acknowledge("c", index, TestLocks.text(digest), TestLocks.TEN);
        }
      }
      cluster.run(1);
    }
    cluster.run(1_000);
  }

  @Test
  void copiesThatSpeakAtDifferentStridesAreCompared() {
    cluster.run(3_000);
    for (int i = 0; i < 9_000; i += 500) {
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int each = 0; each < 500; each++) {
        all.add(cluster.node(1).proposer().propose("", TestLocks.text("x"), TestLocks.TEN));
      }
      all.forEach(cluster::await);
    }
    cluster.run(500);
    acknowledgeAtOddStrides(15, 4_500, "d");
    assertThat(consumer(1).differsAt()).isZero();
    acknowledgeAtOddStrides(4_500, 9_000, "other");
    assertThat(consumer(1).differsAt()).isGreaterThanOrEqualTo(4_500);
    assertThat(cluster.node(1).inspection().status().contents().consumers().diverged())
        .isEqualTo(1);
  }

  @Test
  void acknowledgementsAreLimitedInRateAndGivenUpInTime() {
    cluster.run(3_000);
    int node = follower();
    long through = testLocks.put(node, new Op.Put("k", TestLocks.text("x"), 0, 0));
    for (int i = 0; i < 200; i++) {
      var unused =
          cluster
              .node(node)
              .consumers()
              .acknowledge("c", through, TestLocks.text("d"), TestLocks.TEN);
      cluster.run(10);
    }
    assertThat(acknowledgements(node)).hasSizeBetween(5, 11);
    cluster.cut(link -> link.touches(node));
    var cut =
        cluster
            .node(node)
            .consumers()
            .acknowledge("c", through, TestLocks.text("d"), Duration.ofSeconds(1));
    cluster.run(1_500);
    assertThat(cut).isCompleted();
  }

  @Test
  void noMoreAcknowledgementsWaitThanProposalsMay() {
    cluster.run(3_000);
    int node = follower();
    int most = CallerLimits.defaults().pendingMax();
    long through = testLocks.put(node, new Op.Put("k", TestLocks.text("x"), 0, 0));
    cluster.cut(link -> link.touches(node));
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int i = 0; i <= most; i++) {
      all.add(
          cluster
              .node(node)
              .consumers()
              .acknowledge("c" + i % 3, through, TestLocks.text("d"), TestLocks.TEN));
    }
    assertThat(all.remove(most)).isCompletedWithValueMatching(Outcome.Overloaded.class::isInstance);
    assertThat(all).noneMatch(CompletableFuture::isDone);
    cluster.run(10_500);
    assertThat(all).allMatch(CompletableFuture::isDone);
    cluster.cut(link -> false);
    cluster.run(3_000);
    var again =
        cluster
            .node(node)
            .consumers()
            .acknowledge("c1", through, TestLocks.text("d"), TestLocks.TEN);
    assertThat(cluster.await(again)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void fewConsumersSpeakAtOnce() {
    cluster.run(3_000);
    int node = follower();
    long through = testLocks.put(node, new Op.Put("k", TestLocks.text("x"), 0, 0));
    cluster.cut(link -> link.touches(node));
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int i = 0; i <= ConsumerProgress.LINES_MAX; i++) {
      all.add(
          cluster
              .node(node)
              .consumers()
              .acknowledge("c" + i, through, TestLocks.text("d"), TestLocks.TEN));
    }
    CompletableFuture<Outcome> last = all.remove(ConsumerProgress.LINES_MAX);
    assertThat(last).isCompletedWithValueMatching(Outcome.Overloaded.class::isInstance);
    assertThat(all).noneMatch(CompletableFuture::isDone);
    var same =
        cluster
            .node(node)
            .consumers()
            .acknowledge("c1", through, TestLocks.text("d"), TestLocks.TEN);
    assertThat(same).isNotDone();
  }
}
