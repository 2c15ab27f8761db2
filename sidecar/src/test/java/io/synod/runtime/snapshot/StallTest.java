package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.paxos.value.Message;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests that a node whose writes wait for disk space frees space itself if it can. */
class StallTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int LARGE = 6_000;

  // A snapshot is taken every hundred thousand bytes.
  private final TestCluster cluster = SnapshotTest.cluster();

  private long snapshotSlot(int node) {
    try (StoredSnapshot snapshot = cluster.disk(node).snapshot()) {
      return snapshot == null ? 0 : snapshot.mark().slot();
    }
  }

  private boolean reachesNobody(int node) {
    return cluster.node(node).inspection().status().peers().stream()
        .noneMatch(View.Peer::connected);
  }

  private CompletableFuture<Outcome> propose(int node, int bytes) {
    return cluster.node(node).proposer().propose("", Payload.of(new byte[bytes]), MINUTE);
  }

  /** Fills and seals files of the log, then makes the disk full. */
  private void stall(int node) {
    for (int i = 0; i < 20; i++) {
      assertThat(cluster.await(propose(node, LARGE))).isInstanceOf(Outcome.Applied.class);
    }
    cluster.disk(node).full(true);
    CompletableFuture<Outcome> large = propose(node, 8 * LARGE);
    cluster.run(2_000);
    assertThat(large).isNotCompleted();
    assertThat(reachesNobody(node)).isTrue();
  }

  @Test
  void takesTheSnapshotThatIsDueAndGoesOnInTheRoomThatTrimmingMakes() {
    int node = cluster.leader();
    cluster.lose((link, message) -> message instanceof Message.StateDigest);
    stall(node);
    long applied = cluster.node(node).inspection().status().appliedSlot();
    assertThat(snapshotSlot(node)).isZero();
    cluster.disk(node).fullUntilTrimmed();
    cluster.lose((link, message) -> false);
    cluster.run(5_000);
    assertThat(snapshotSlot(node)).isBetween(1L, applied);
    assertThat(cluster.keptFrom(node)).isGreaterThan(1);
    assertThat(reachesNobody(node)).isFalse();
    assertThat(cluster.node(node).inspection().status().alarms()).isEmpty();
    assertThat(cluster.await(propose(node, LARGE))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void answersWhoAskedForASnapshot() {
    int node = cluster.leader();
    stall(node);
    assertThat(cluster.await(cluster.node(node).maintenance().takeSnapshot(MINUTE)))
        .isInstanceOf(SnapshotOutcome.Taken.class);
  }

  @Test
  void answersAnAcknowledgementByItsDeadline() {
    int node = cluster.leader();
    cluster.lose((link, message) -> message instanceof Message.StateDigest);
    stall(node);
    CompletableFuture<Outcome> sent =
        cluster.node(node).consumers().acknowledge("c", 1, Payload.EMPTY, Duration.ofSeconds(1));
    cluster.run(2_000);
    assertThat(sent).isCompletedWithValueMatching(Outcome.Indeterminate.class::isInstance);
  }

  private void kv(int node, Op... ops) {
    Payload txn = new Txn(List.of(), List.of(ops), List.of()).encode();
    Outcome outcome =
        cluster.await(
            cluster.node(node).proposer().propose(NewEntry.of(Entry.Kind.KV, txn), MINUTE));
    assertThat(outcome).isInstanceOf(Outcome.Applied.class);
  }

  private static Op put(String key, int bytes) {
    return new Op.Put(key, Payload.of(new byte[bytes]), 0, 0);
  }

  /**
   * Makes the disk full so that a slot is accepted and applied, and the mark of that waits: it
   * lists the keys that the slot removed, which do not fit into the current file.
   *
   * @param bytes the size of that slot
   */
  private void stallAtTheMark(int node, int bytes) {
    Op[] pairs = new Op[60];
    Arrays.setAll(pairs, i -> put("many/" + i + "-".repeat(900), 1));
    kv(node, pairs);
    for (int i = 0; i < 3; i++) {
      kv(node, put("small" + i, LARGE));
    }
    cluster.run(2_000);
    assertThat(snapshotSlot(node)).isZero();
    long applied = cluster.node(node).inspection().status().appliedSlot();
    cluster.disk(node).fullUntilTrimmed();
    kv(node, new Op.DeletePrefix("many/"), put("last", bytes));
    assertThat(cluster.node(node).inspection().status().appliedSlot()).isGreaterThan(applied);
    assertThat(cluster.disk(node).recorded()).isEqualTo(applied);
  }

  @Test
  void takesASnapshotOfWhatIsRecordedWhileTheMarkOfTheDueOneWaits() {
    int node = cluster.leader();
    stallAtTheMark(node, 5 * LARGE);
    long recorded = cluster.disk(node).recorded();
    cluster.run(5_000);
    assertThat(snapshotSlot(node)).isEqualTo(recorded);
    assertThat(cluster.keptFrom(node)).isGreaterThan(1);
    assertThat(reachesNobody(node)).isFalse();
    assertThat(cluster.node(node).inspection().status().alarms()).isEmpty();
    kv(node, put("after", LARGE));
  }

  @Test
  void answersWhoAskedForASnapshotWhileTheMarkWaits() {
    int node = cluster.leader();
    stallAtTheMark(node, 1);
    assertThat(cluster.await(cluster.node(node).maintenance().takeSnapshot(MINUTE)))
        .isInstanceOf(SnapshotOutcome.Taken.class);
    cluster.run(2_000);
    assertThat(reachesNobody(node)).isFalse();
  }

  @Test
  void trimsWithoutASnapshotOnceAWatcherNeedsLess() {
    int node = cluster.leader();
    AppliedLog appliedLog = cluster.node(node).appliedLog();
    long[] place = {1};
    AppliedLog.Subscription following = appliedLog.follow(() -> {}, () -> place[0]);
    for (int i = 0; i < 20; i++) {
      assertThat(cluster.await(propose(node, LARGE))).isInstanceOf(Outcome.Applied.class);
    }
    cluster.run(2_000);
    assertThat(snapshotSlot(node)).isPositive();
    cluster.disk(node).fullUntilTrimmed();
    CompletableFuture<Outcome> large = propose(node, 8 * LARGE);
    cluster.run(5_000);
    assertThat(large).isNotCompleted();
    assertThat(cluster.keptFrom(node)).isEqualTo(1);
    place[0] = appliedLog.appliedIndex();
    cluster.run(5_000);
    assertThat(cluster.keptFrom(node)).isGreaterThan(1);
    assertThat(reachesNobody(node)).isFalse();
    assertThat(cluster.node(node).inspection().status().alarms()).isEmpty();
    following.close();
  }
}
