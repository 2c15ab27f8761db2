package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Message;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.JournalException;
import io.synod.state.encoding.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReplicationTest {
  private static final Duration FIVE = Duration.ofSeconds(5);

  private static Payload text(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> log(Node node) {
    List<String> lines = new ArrayList<>();
    for (AppliedLog.Item item : node.appliedLog().page(1, 100_000, Integer.MAX_VALUE).entries()) {
      if (item.entry().kind() == io.synod.state.command.Entry.Kind.COMMAND) {
        lines.add(new String(item.entry().payload().bytes(), StandardCharsets.UTF_8));
      }
    }
    return lines;
  }

  @Test
  void electsOneLeaderAndChoosesWhatEveryNodeProposes() {
    TestCluster cluster = new TestCluster(3);
    cluster.run(3_000);
    assertThat(cluster.leader()).isNotZero();
    for (int node = 1; node <= 3; node++) {
      Outcome outcome =
          cluster.await(cluster.node(node).proposer().propose("text", text("from " + node), FIVE));
      assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    }
    cluster.run(500);
    for (int node = 1; node <= 3; node++) {
      assertThat(log(cluster.node(node))).containsExactly("from 1", "from 2", "from 3");
    }
  }

  @Test
  void knowsTheChosenIndexThoughItLacksWhatIsChosen() {
    TestCluster cluster = new TestCluster(3);
    cluster.run(3_000);
    int leader = cluster.leader();
    int behind = leader % 3 + 1;
    AppliedLog appliedLog = cluster.node(behind).appliedLog();
    cluster.await(cluster.node(leader).proposer().propose("text", text("a"), FIVE));
    cluster.run(500);
    long before = appliedLog.appliedIndex();
    assertThat(appliedLog.chosenIndex()).isEqualTo(before);
    cluster.lose(
        (link, message) ->
            link.to() == behind
                && (message instanceof Message.Accept || message instanceof Message.Learned));
    cluster.await(cluster.node(leader).proposer().propose("text", text("b"), FIVE));
    cluster.run(500);
    assertThat(appliedLog.appliedIndex()).isEqualTo(before);
    assertThat(appliedLog.chosenIndex())
        .isEqualTo(cluster.node(leader).appliedLog().appliedIndex())
        .isGreaterThan(before);
    cluster.lose((link, message) -> false);
    cluster.run(1_000);
    assertThat(appliedLog.appliedIndex()).isEqualTo(appliedLog.chosenIndex()).isGreaterThan(before);
    cluster.stop(behind);
    cluster.wipe(behind);
    cluster.start(behind);
    cluster.run(1_000);
    AppliedLog anew = cluster.node(behind).appliedLog();
    assertThat(anew.chosenIndex()).isEqualTo(cluster.node(leader).appliedLog().appliedIndex());
  }

  @Test
  void stopsThoughItIsIdleOnceItsDiskFailedUnderAReader() {
    TestCluster cluster = new TestCluster(3);
    cluster.run(3_000);
    Outcome outcome = cluster.await(cluster.node(1).proposer().propose("text", text("a"), FIVE));
    cluster.run(500);
    cluster.disk(3).misread(((Outcome.Applied) outcome).slot());
    assertThatThrownBy(() -> cluster.run(500))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("refuses all operations since");
  }

  @Test
  void choosesManyInFlightExactlyOnceWhileLeadersDie() {
    TestCluster cluster = new TestCluster(3);
    cluster.run(3_000);
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      int leader = cluster.leader();
      int client = leader % 3 + 1;
      for (int i = 0; i < 50; i++) {
        lines.add(round + "/" + i);
        outcomes.add(
            cluster
                .node(client)
                .proposer()
                .propose("", text(round + "/" + i), Duration.ofSeconds(30)));
      }
      cluster.run(2);
      cluster.stop(leader);
      cluster.run(1_500);
      cluster.start(leader);
      cluster.run(2_500);
    }
    cluster.run(30_000);
    for (CompletableFuture<Outcome> outcome : outcomes) {
      assertThat(outcome.join()).isInstanceOf(Outcome.Applied.class);
    }
    for (int node = 1; node <= 3; node++) {
      assertThat(log(cluster.node(node))).containsExactlyInAnyOrderElementsOf(lines);
      assertThat(log(cluster.node(node))).isEqualTo(log(cluster.node(1)));
    }
  }

  @Test
  void keepsLogTimeFromRunningBackWhenAllIsArchivedAndTheWallClockDoes() {
    TestCluster cluster = new TestCluster(1);
    cluster.setWallClocks(node -> 3_600_000);
    cluster.run(3_000);
    cluster.await(cluster.node(1).proposer().propose("", text("a"), FIVE));
    cluster.stop(1);
    cluster.archive(1);
    cluster.setWallClocks(node -> 0);
    cluster.start(1);
    cluster.run(3_000);
    cluster.await(cluster.node(1).proposer().propose("", text("b"), FIVE));
    List<Long> times = new ArrayList<>();
    for (AppliedLog.Item item :
        cluster.node(1).appliedLog().page(1, 10, Integer.MAX_VALUE).entries()) {
      times.add(item.logTimeMillis());
    }
    assertThat(log(cluster.node(1))).containsExactly("a", "b");
    assertThat(times).isSorted().allMatch(time -> time >= 3_600_000);
  }

  @Test
  void letsLogTimeGoOnWhereTheLogIsAheadOfTheWallClock() {
    TestCluster cluster = new TestCluster(3);
    cluster.setWallClocks(node -> 3_600_000);
    cluster.run(3_000);
    cluster.await(cluster.node(1).proposer().propose("", text("a"), FIVE));
    cluster.setWallClocks(node -> 0);
    cluster.stop(cluster.leader());
    cluster.run(4_000);
    int node = cluster.leader();
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Outcome outcome = cluster.await(cluster.node(node).proposer().propose("", text("b"), FIVE));
      times.add(((Outcome.Applied) outcome).logTimeMillis());
      cluster.run(10_000);
    }
    assertThat(times.get(0)).isBetween(3_600_000L, 3_620_000L);
    assertThat(times.get(1) - times.get(0)).isBetween(9_700L, 10_500L);
    assertThat(times.get(2) - times.get(1)).isBetween(9_700L, 10_500L);
  }

  @Test
  void servesStrongReadsOnEveryNodeAndRefusesThemWithoutAQuorum() {
    TestCluster cluster = new TestCluster(3);
    cluster.run(3_000);
    cluster.await(cluster.node(1).proposer().propose("", text("a"), FIVE));
    for (int node = 1; node <= 3; node++) {
      ReadFreshness fresh =
          cluster.await(cluster.node(node).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, FIVE));
      assertThat(fresh).isInstanceOf(ReadFreshness.Fresh.class);
      assertThat(log(cluster.node(node))).containsExactly("a");
    }
    cluster.stop(2);
    cluster.stop(3);
    cluster.run(2_500);
    assertThat(
            cluster.await(cluster.node(1).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, FIVE)))
        .isEqualTo(new ReadFreshness.Unavailable(Situations.alone()));
    assertThat(cluster.await(cluster.node(1).proposer().propose("", text("b"), FIVE)))
        .isEqualTo(new Outcome.Unavailable(Situations.alone()));
    ReadFreshness local =
        cluster.await(cluster.node(1).reads().read(ReadLevel.LOCAL, Duration.ZERO, 0, FIVE));
    assertThat(((ReadFreshness.Fresh) local).stalenessNanos()).isGreaterThan(1_000_000_000L);
    cluster.start(2);
    cluster.run(4_000);
    assertThat(cluster.await(cluster.node(1).proposer().propose("", text("b"), FIVE)))
        .isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aReadInTheTurnOfASnapshotTellsAlsoHowLongThatWaitedForTheDisk() {
    TestCluster cluster = new TestCluster(3);
    cluster.run(3_000);
    cluster.await(cluster.node(1).proposer().propose("", text("a"), FIVE));
    // Until all nodes know that they have the same state.
    cluster.run(1_500);
    int follower = cluster.leader() % 3 + 1;
    cluster.slow(follower, 400);
    Node node = cluster.node(follower);
    var snapshot = node.maintenance().takeSnapshot(FIVE);
    ReadFreshness local = cluster.await(node.reads().read(ReadLevel.LOCAL, Duration.ZERO, 0, FIVE));
    assertThat(cluster.await(snapshot)).isInstanceOf(SnapshotOutcome.Taken.class);
    assertThat(((ReadFreshness.Fresh) local).stalenessNanos())
        .isGreaterThan(400 * TestCluster.MILLIS);
  }
}
