package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.Op;
import io.synod.state.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A node whose disk has no room for the next file of its log goes on, and others do its work. */
class DiskFullTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int LARGE = 6_000;

  private final Cluster cluster = new Cluster(3);
  private final Holds holds = new Holds(cluster);

  private void put(int node, String key) {
    holds.put(node, new Op.Put(key, Payload.of(new byte[LARGE]), 0, 0));
  }

  private NodeStatus status(int node) {
    return cluster.node(node).status();
  }

  private Outcome refusal(int node) {
    CompletableFuture<Outcome> outcome = cluster.node(node).propose("", Holds.text("x"), SECOND);
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
    NodeStatus told = status(full);
    assertThat(told.availability().reason()).isEqualTo(Availability.Reason.DISK_FULL);
    assertThat(told.alarms()).contains("disk_full");
    assertThat(told.problem()).contains("the disk of this sidecar is full").contains("make room");
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
    // And it may lead again.
    cluster.stop(6 - full - other);
    cluster.run(5_000);
    if (cluster.leader() != full) {
      assertThat(cluster.await(cluster.node(other).handOver(full, Holds.TEN))).isTrue();
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
      last = cluster.node(node).propose("", Payload.of(new byte[LARGE]), Holds.TEN);
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
    CompletableFuture<Freshness> read =
        cluster.node(full).read(ReadLevel.BOUNDED, Holds.TEN, 0, Holds.TEN);
    assertThat(cluster.await(read)).isInstanceOf(Freshness.class);
    cluster.disk(full).full(false);
    cluster.run(12_000);
    put(full, "y");
  }
}
