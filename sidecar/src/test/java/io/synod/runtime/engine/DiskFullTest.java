package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.command.Op;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests that a node with a full disk keeps running, and that the others take over. */
class DiskFullTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int LARGE = 6_000;
  private static final ReadFreshness NOT_YET = new ReadFreshness.NotYetApplied(0, 0);

  private TestCluster cluster = new TestCluster(3);
  private TestLocks testLocks = new TestLocks(cluster);

  private void put(int node, String key) {
    testLocks.put(node, new Op.Put(key, Payload.of(new byte[LARGE]), 0, 0));
  }

  private NodeStatus status(int node) {
    return cluster.node(node).inspection().status();
  }

  private Outcome refusal(int node) {
    CompletableFuture<Outcome> outcome =
        cluster.node(node).proposer().propose("", TestLocks.text("x"), SECOND);
    return cluster.await(outcome);
  }

  private void fill(int node, int through) {
    cluster.disk(node).full(true);
    for (int i = 0; i < 60 && !cluster.disk(node).isFull(); i++) {
      put(through, "k" + i % 4);
      cluster.run(20);
    }
    cluster.run(200);
    assertThat(cluster.disk(node).isFull()).isTrue();
  }

  @Test
  void aLeaderHandsOverAndTakesNoProposalsUntilThereIsRoom() {
    cluster.run(3_000);
    int full = cluster.leader();
    int other = full % 3 + 1;
    fill(full, full);
    cluster.run(3_000);
    assertThat(cluster.leaders()).hasSize(1).doesNotContain(full);
    assertThat(refusal(full)).isInstanceOf(Outcome.Unavailable.class);
    NodeStatus outcome = status(full);
    assertThat(outcome.availability().reason()).isEqualTo(Availability.Reason.DISK_FULL);
    assertThat(outcome.alarms()).contains("disk_full");
    assertThat(outcome.problem())
        .contains("the disk of this sidecar is full")
        .contains("free disk space");
    assertThat(status(other).alarms()).isEmpty();
    for (int i = 0; i < 50; i++) {
      put(other, "more" + i % 4);
    }

    cluster.disk(full).full(false);
    cluster.run(3_000);
    assertThat(status(full).alarms()).isEmpty();
    assertThat(status(full).availability().isAvailable()).isTrue();
    assertThat(status(full).appliedSlot()).isEqualTo(status(other).appliedSlot());
    put(full, "again");
    // The node may lead again.
    cluster.stop(6 - full - other);
    cluster.run(5_000);
    if (cluster.leader() != full) {
      assertThat(cluster.await(cluster.node(other).maintenance().handOver(full, TestLocks.TEN)))
          .isTrue();
    }
    put(full, "last");
    assertThat(cluster.leader()).isEqualTo(full);
  }

  @Test
  void whatIsChosenWhileAQuorumIsFullIsNotLost() {
    cluster.run(3_000);
    int leader = cluster.leader();
    put(leader, "before");
    for (int node = 1; node <= 3; node++) {
      cluster.disk(node).full(true);
    }
    CompletableFuture<Outcome> last = CompletableFuture.completedFuture(null);
    for (int i = 0; i < 60; i++) {
      int node = 1 + i % 3;
      last = cluster.node(node).proposer().propose("", Payload.of(new byte[LARGE]), TestLocks.TEN);
      cluster.run(10);
    }
    cluster.run(5_000);
    assertThat(cluster.leaders()).isEmpty();
    assertThat(last).isCompleted();
    long applied = 0;
    for (int node = 1; node <= 3; node++) {
      applied = Math.max(applied, status(node).appliedIndex());
      assertThat(refusal(node)).isInstanceOf(Outcome.Unavailable.class);
      cluster.disk(node).full(false);
    }
    assertThat(applied).isPositive();
    cluster.run(12_000);
    assertThat(cluster.leaders()).hasSize(1);
    for (int node = 1; node <= 3; node++) {
      put(node, "after");
      assertThat(status(node).appliedIndex()).isGreaterThan(applied);
      assertThat(status(node).alarms()).isEmpty();
    }
  }

  @Test
  void everyNodeReportsWhatKeepsTheLeaderFromChoosingThoughItCannotSeeAll() {
    cluster = new TestCluster(5);
    testLocks = new TestLocks(cluster);
    cluster.run(3_000);
    int leader = cluster.leader();
    List<Integer> others = new ArrayList<>(List.of(1, 2, 3, 4, 5));
    others.remove(Integer.valueOf(leader));
    List<Integer> full = others.subList(0, 2);
    full.forEach(node -> fill(node, leader));
    int withRoom = others.get(2);
    assertThat(status(withRoom).availability().isAvailable()).isTrue();
    cluster.stop(others.get(3));
    cluster.run(3_000);
    for (int node : List.of(leader, withRoom)) {
      assertThat(status(node).availability().reason())
          .as("node %d", node)
          .isEqualTo(Availability.Reason.DISK_FULL);
      assertThat(status(node).availability().nodes()).isEqualTo(full);
    }
    cluster.disk(full.get(0)).full(false);
    cluster.run(3_000);
    for (int node : List.of(leader, withRoom)) {
      assertThat(status(node).availability().isAvailable()).as("node %d", node).isTrue();
    }
  }

  @Test
  void aFullFollowerStillVotesAndServesReadsWhileTheOthersGoOn() {
    cluster.run(3_000);
    int leader = cluster.leader();
    int full = leader % 3 + 1;
    fill(full, leader);
    assertThat(cluster.leader()).isEqualTo(leader);
    put(leader, "x");
    cluster.stop(leader);
    cluster.run(5_000);
    // The third node cannot lead without the promise of the full one.
    assertThat(cluster.leaders()).containsExactly(6 - leader - full);
    CompletableFuture<ReadFreshness> read =
        cluster.node(full).reads().read(ReadLevel.BOUNDED, TestLocks.TEN, 0, TestLocks.TEN);
    assertThat(cluster.await(read)).isInstanceOf(ReadFreshness.class);
    cluster.disk(full).full(false);
    cluster.run(12_000);
    put(full, "y");
  }

  @Test
  void readsWhileWhatWasLearnedWaitsForRoomAreJudgedByWhatIsApplied() {
    cluster.run(3_000);
    int leader = cluster.leader();
    int behind = leader % 3 + 1;
    for (int i = 0; i < 5; i++) {
      put(leader, "k" + i);
    }
    cluster.run(500);
    cluster.stop(behind);
    for (int i = 0; i < 12; i++) {
      put(leader, "late" + i);
    }
    long acknowledged = status(leader).appliedIndex();
    cluster.run(20_000);
    cluster.disk(behind).full(true);
    cluster.cut(link -> link.touches(behind));
    cluster.start(behind);
    cluster.run(300);
    cluster.cut(link -> false);
    boolean stalled = false;
    for (int i = 0; i < 4_000; i++) {
      CompletableFuture<ReadFreshness> bounded =
          cluster.node(behind).reads().read(ReadLevel.BOUNDED, SECOND, 0, SECOND);
      CompletableFuture<ReadFreshness> session =
          cluster.node(behind).reads().read(ReadLevel.SESSION, Duration.ZERO, 0, SECOND);
      cluster.run(1);
      stalled |= status(behind).appliedIndex() < acknowledged && !reaches(behind);
      if (status(behind).appliedIndex() < acknowledged) {
        assertThat(bounded.getNow(NOT_YET)).isNotInstanceOf(ReadFreshness.Fresh.class);
        assertThat(session.getNow(NOT_YET)).isNotInstanceOf(ReadFreshness.Fresh.class);
      }
    }
    assertThat(stalled).isTrue();
    CompletableFuture<ReadFreshness> local =
        cluster.node(behind).reads().read(ReadLevel.LOCAL, Duration.ZERO, 0, SECOND);
    CompletableFuture<ReadFreshness> strong =
        cluster.node(behind).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, SECOND);
    cluster.run(1_500);
    assertThat(local.join()).isInstanceOf(ReadFreshness.Fresh.class);
    assertThat(strong.join()).isInstanceOf(ReadFreshness.Unavailable.class);

    cluster.disk(behind).full(false);
    cluster.run(12_000);
    assertThat(
            cluster.await(
                cluster.node(behind).reads().read(ReadLevel.STRONG, SECOND, 0, TestLocks.TEN)))
        .isInstanceOf(ReadFreshness.Fresh.class);
    assertThat(status(behind).appliedIndex()).isGreaterThanOrEqualTo(acknowledged);
  }

  /** A leader whose writes are stalled sends and processes nothing, so it reports no quorum. */
  @Test
  void aLeaderWhoseDecisionsWaitForRoomSaysThatItReachesNobody() {
    cluster.run(3_000);
    int leader = cluster.leader();
    for (int i = 0; i < 4; i++) {
      put(leader, "k" + i);
    }
    cluster.disk(leader).full(true);
    CompletableFuture<Outcome> large =
        cluster.node(leader).proposer().propose("", Payload.of(new byte[8 * LARGE]), SECOND);
    cluster.run(10_000);
    assertThat(large).isCompleted();
    NodeStatus outcome = status(leader);
    assertThat(outcome.role()).isEqualTo(View.Role.FOLLOWER);
    assertThat(outcome.leader().isNone()).isTrue();
    assertThat(outcome.peers()).noneMatch(View.Peer::connected);
    assertThat(outcome.alarms()).contains("disk_full");
    assertThat(cluster.leaders()).hasSize(1).doesNotContain(leader);
  }

  @Test
  void aFullNodeThatReachesNoQuorumSaysBoth() {
    cluster.run(3_000);
    int leader = cluster.leader();
    int full = leader % 3 + 1;
    fill(full, leader);
    cluster.cut(link -> link.touches(full));
    cluster.run(3_000);
    NodeStatus outcome = status(full);
    assertThat(outcome.availability().reason()).isEqualTo(Availability.Reason.NO_QUORUM);
    assertThat(outcome.alarms()).contains("disk_full");
    assertThat(outcome.problem()).contains("2 are required", "the disk of this sidecar is full");
    CompletableFuture<ReadFreshness> strong =
        cluster.node(full).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, TestLocks.TEN);
    cluster.run(100);
    assertThat(strong).isCompleted();
  }

  @Test
  void allRefuseAtOnceWhileAMajorityHasNoRoom() {
    cluster.run(3_000);
    int leader = cluster.leader();
    int one = leader % 3 + 1;
    int other = 6 - leader - one;
    fill(one, leader);
    assertThat(status(leader).availability().isAvailable()).isTrue();
    fill(other, leader);
    cluster.run(500);
    assertThat(cluster.leaders()).containsExactly(leader);
    assertThat(status(leader).alarms()).isEmpty();
    assertThat(status(leader).availability().nodes()).containsExactlyInAnyOrder(one, other);
    for (int node = 1; node <= 3; node++) {
      Availability outcome = status(node).availability();
      assertThat(outcome.reason()).isEqualTo(Availability.Reason.DISK_FULL);
      assertThat(cluster.node(node).proposer().propose("", TestLocks.text("x"), SECOND))
          .isCompletedWithValue(new Outcome.Unavailable(outcome));
    }
    CompletableFuture<ReadFreshness> strong =
        cluster.node(leader).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, SECOND);
    assertThat(cluster.await(strong)).isInstanceOf(ReadFreshness.Fresh.class);

    cluster.disk(one).full(false);
    cluster.run(3_000);
    assertThat(status(leader).availability().isAvailable()).isTrue();
    put(leader, "again");
  }

  private boolean reaches(int node) {
    return status(node).peers().stream().anyMatch(View.Peer::connected);
  }
}
