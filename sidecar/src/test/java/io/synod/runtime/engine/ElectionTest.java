package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.paxos.value.Message;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.VoteReport;
import io.synod.state.encoding.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ElectionTest {
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final long TIMEOUT_MILLIS = 1_000;

  private static Outcome propose(TestCluster cluster, int node, String text) {
    return cluster.await(
        cluster
            .node(node)
            .proposer()
            .propose("", Payload.of(text.getBytes(StandardCharsets.UTF_8)), TEN));
  }

  private static TestCluster formed(int size) {
    TestCluster cluster = new TestCluster(size);
    cluster.run(3 * TIMEOUT_MILLIS);
    assertThat(cluster.leader()).isNotZero();
    return cluster;
  }

  private static int other(int size, int... not) {
    for (int node = 1; node <= size; node++) {
      boolean free = true;
      for (int taken : not) {
        free &= taken != node;
      }
      if (free) {
        return node;
      }
    }
    throw new IllegalArgumentException("nobody is left");
  }

  @Test
  void electsTheHubWhenTheLeaderLivesButHasLostItsQuorum() {
    TestCluster cluster = formed(5);
    int hub = other(5, cluster.leader());
    cluster.cut(link -> !link.touches(hub));
    cluster.run(4 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).containsExactly(hub);
    assertThat(propose(cluster, hub, "a")).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void electsTheOnlyConnectedNodeAlthoughItsLogIsStale() {
    TestCluster cluster = formed(5);
    int leader = cluster.leader();
    int stale = other(5, leader);
    cluster.cut(link -> link.touches(stale));
    for (int i = 0; i < 300; i++) {
      assertThat(propose(cluster, leader, "a" + i)).isInstanceOf(Outcome.Applied.class);
    }
    cluster.cut(link -> !link.touches(stale) || link.touches(leader));
    cluster.run(4 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).containsExactly(stale);
    assertThat(propose(cluster, stale, "b")).isInstanceOf(Outcome.Applied.class);
    assertThat(cluster.node(stale).appliedLog().appliedIndex()).isGreaterThan(300);
  }

  @Test
  void leavesALeaderAloneThatOneNodeCannotSeeAndServesThatNodeThroughTheThird() {
    TestCluster cluster = formed(3);
    int leader = cluster.leader();
    int blind = other(3, leader);
    cluster.cut(link -> link.touches(leader) && link.touches(blind));
    cluster.run(6 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).containsExactly(leader);
    assertThat(propose(cluster, blind, "a")).isInstanceOf(Outcome.Applied.class);
    assertThat(
            cluster.await(
                cluster.node(blind).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, TEN)))
        .isInstanceOf(ReadFreshness.Fresh.class);
    assertThat(cluster.elections(leader)).isEqualTo(1);
  }

  @Test
  void replacesALeaderThatCanSendButNotReceive() {
    TestCluster cluster = formed(3);
    int deaf = cluster.leader();
    cluster.cut(link -> link.to() == deaf);
    cluster.run(4 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).hasSize(1).doesNotContain(deaf);
  }

  @Test
  void replacesALeaderThatCanReceiveButNotSend() {
    TestCluster cluster = formed(3);
    int mute = cluster.leader();
    cluster.cut(link -> link.from() == mute);
    cluster.run(4 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).hasSize(1).doesNotContain(mute);
  }

  @Test
  void isNotDisturbedByANodeThatReturns() {
    TestCluster cluster = formed(3);
    int leader = cluster.leader();
    int away = other(3, leader);
    cluster.cut(link -> link.touches(away));
    cluster.run(20 * TIMEOUT_MILLIS);
    cluster.cut(link -> false);
    cluster.run(5 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).containsExactly(leader);
    assertThat(cluster.elections(leader)).isEqualTo(1);
  }

  @Test
  void passesOverACandidateThatHearsEverythingButPromises() {
    TestCluster cluster = formed(5);
    cluster.stop(cluster.leader());
    AtomicInteger first = new AtomicInteger();
    cluster.lose(
        (link, message) -> {
          if (message instanceof Message.Prepare) {
            first.compareAndSet(0, link.from());
          }
          return message instanceof Message.Promise && link.to() == first.get();
        });
    cluster.run(5 * TIMEOUT_MILLIS);
    assertThat(first).hasPositiveValue();
    assertThat(cluster.leaders()).hasSize(1).doesNotContain(first.get());
  }

  @Test
  void handsOverInOrderToWhomItIsTold() {
    TestCluster cluster = formed(3);
    int leader = cluster.leader();
    int successor = other(3, leader);
    assertThat(propose(cluster, leader, "a")).isInstanceOf(Outcome.Applied.class);
    int next =
        cluster.await(
            cluster
                .node(leader)
                .maintenance()
                .handOver(successor, TEN)
                .thenApply(done -> cluster.node(leader).inspection().status().leader().node()));
    assertThat(next).isEqualTo(successor);
    cluster.run(TIMEOUT_MILLIS / 2);
    assertThat(cluster.leaders()).containsExactly(successor);
    assertThat(propose(cluster, leader, "b")).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void letsAWipedDiskVoteOnlyOnceALeaderReplacedTheOldOne() {
    TestCluster cluster = formed(3);
    int leader = cluster.leader();
    int wiped = other(3, leader);
    int third = other(3, leader, wiped);
    assertThat(propose(cluster, leader, "a")).isInstanceOf(Outcome.Applied.class);
    cluster.stop(wiped);
    cluster.wipe(wiped);
    cluster.start(wiped);
    cluster.run(TIMEOUT_MILLIS / 2);
    assertThat(cluster.node(wiped).inspection().status().role()).isEqualTo(View.Role.LEARNER);
    assertThat(cluster.node(wiped).appliedLog().appliedIndex()).isPositive();
    cluster.stop(third);
    cluster.run(4 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).isEmpty();
    cluster.start(third);
    cluster.run(4 * TIMEOUT_MILLIS);
    assertThat(cluster.node(wiped).inspection().status().role()).isNotEqualTo(View.Role.LEARNER);
    cluster.stop(third);
    cluster.run(4 * TIMEOUT_MILLIS);
    assertThat(cluster.leaders()).hasSize(1);
  }

  @Test
  void showsWhatEveryDiskSaysOfASlot() {
    TestCluster cluster = formed(3);
    Outcome.Applied applied = (Outcome.Applied) propose(cluster, 1, "a");
    cluster.run(100);
    VoteReport voteReport = cluster.await(cluster.node(2).inspection().votes(applied.slot(), TEN));
    assertThat(voteReport.votes()).containsOnlyKeys(1, 2, 3);
    assertThat(voteReport.votes().values())
        .allSatisfy(votes -> assertThat(votes.get(0).ballot()).isEqualTo(applied.ballot()));
  }
}
