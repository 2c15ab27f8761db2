package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.StreamWriter;
import io.synod.state.Consumer;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AppSnapshotReplicatorTest {
  private static final Duration FIVE = Duration.ofSeconds(5);

  private final TestCluster cluster = new TestCluster(3);

  AppSnapshotReplicatorTest() {
    cluster.run(3_000);
    for (int i = 0; i < 40; i++) {
      cluster.await(cluster.node(1).proposer().propose("", Payload.of(new byte[10]), FIVE));
    }
  }

  @Test
  void bringsToEveryNodeWhatAConsumerHandedOverToOne() {
    handOver(1, 17, 50_000);
    cluster.run(5_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(indexes(node)).containsExactly(17L);
      assertThat(consumer().snapshots().get(17L))
          .matches(snapshot -> snapshot != null && snapshot.holders().size() == 3);
    }
    assertThat(Objects.requireNonNull(consumer().safeSnapshot()).index()).isEqualTo(17);
    assertThat(cluster.node(2).reads().state().neededFrom(0)).isEqualTo(18);
  }

  @Test
  void removesWhatANewerOneReplaced() {
    handOver(1, 17, 1_000);
    cluster.run(5_000);
    handOver(2, 30, 1_000);
    cluster.run(5_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(indexes(node)).containsExactly(30L);
    }
  }

  @Test
  void bringsTheSameBytesOnceMoreUnderAnotherIndex() {
    handOver(1, 17, 1_000, (byte) 7);
    cluster.run(5_000);
    handOver(1, 30, 1_000, (byte) 7);
    cluster.run(5_000);
    assertThat(indexes(2)).containsExactly(30L);
    assertThat(Objects.requireNonNull(consumer().safeSnapshot()).index()).isEqualTo(30);
  }

  @Test
  void getsBackWhatOneNodeLost() {
    handOver(1, 17, 1_000);
    cluster.run(5_000);
    cluster
        .node(3)
        .consumers()
        .appSnapshots()
        .sealed()
        .forEach(cluster.node(3).consumers().appSnapshots()::delete);
    assertThat(indexes(3)).isEmpty();
    cluster.run(5_000);
    assertThat(indexes(3)).containsExactly(17L);
  }

  @Test
  void waitsNoLongerForWhatTheStateForgot() {
    // Whoever had it is gone, and so everybody asks for it in vain.
    SystemCommands.Store gone =
        new SystemCommands.Store("lost", 17, "f", 10, Payload.of(new byte[32]), 2, false);
    cluster.await(
        cluster.node(1).proposer().propose(NewEntry.of(Entry.Kind.STORE, gone.encode()), FIVE));
    cluster.run(3_000);
    drop("lost");
    handOver(1, 30, 1_000);
    cluster.run(5_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(indexes(node)).containsExactly(30L);
    }
  }

  @Test
  void removesEverythingOfAConsumerThatWasDropped() {
    handOver(1, 17, 1_000);
    cluster.run(5_000);
    drop("ledger");
    cluster.run(2_000 + AppSnapshotGc.GRACE_NANOS / TestCluster.MILLIS);
    for (int node = 1; node <= 3; node++) {
      assertThat(indexes(node)).isEmpty();
    }
  }

  @Test
  void removesWhatCannotBeReadOnceItsConsumerWasDropped() {
    handOver(1, 17, 0);
    cluster.run(5_000);
    drop("ledger");
    cluster.disk(3).rot();
    assertThat(indexes(3)).isEmpty();
    assertThat(cluster.node(3).consumers().appSnapshots().sealed()).hasSize(1);
    cluster.run(2_000 + AppSnapshotGc.GRACE_NANOS / TestCluster.MILLIS);
    assertThat(cluster.node(3).consumers().appSnapshots().sealed()).isEmpty();
  }

  @Test
  void waitsAnewForTheCommandOfWhatIsHandedOverOnceMore() {
    seal(3, 17, 1_000, (byte) 1);
    cluster.run(AppSnapshotGc.GRACE_NANOS / TestCluster.MILLIS - 5_000);
    seal(3, 17, 1_000, (byte) 1);
    cluster.run(60_000);
    assertThat(indexes(3)).as("its command may be on its way").containsExactly(17L);
    cluster.run(AppSnapshotGc.GRACE_NANOS / TestCluster.MILLIS);
    assertThat(indexes(3)).isEmpty();
  }

  @Test
  void judgesByWhatTheStateIsWhenItRemovesAndNotWhenItWasToldTo() {
    handOver(2, 30, 1_000);
    cluster.run(5_000);
    cluster.hold(3);
    cluster.run(2_000);
    drop("ledger");
    handOver(3, 17, 1_000);
    cluster.release(3);
    assertThat(indexes(3)).as("of the dropped one there was a newer").contains(17L);
  }

  @Test
  void tellsTheLogOfACopyInWordsThatBringNoConsumerBack() {
    SystemCommands.Store order = seal(1, 17, 1_000, (byte) 1);
    cluster.await(
        cluster.node(1).proposer().propose(NewEntry.of(Entry.Kind.STORE, order.encode()), FIVE));
    cluster.run(5_000);
    List<Payload> told = new ArrayList<>();
    for (AppliedLog.Item item : cluster.node(1).appliedLog().page(1, 1 << 20, 1 << 28).entries()) {
      if (item.entry().kind() == Entry.Kind.STORE) {
        told.add(item.entry().payload());
      }
    }
    Payload further = order.byAnother().encode();
    assertThat(told).containsExactly(order.encode(), further, further);
  }

  @Test
  void removesWhatNobodyKnowsOfOnlyOnceItIsSure() {
    handOver(1, 17, 1_000);
    seal(3, 25, 1_000, (byte) 1);
    cluster.run(AppSnapshotGc.GRACE_NANOS / TestCluster.MILLIS - 5_000);
    assertThat(indexes(3)).as("its command may be on its way").containsExactly(17L, 25L);
    cluster.stop(3);
    cluster.start(3);
    cluster.run(60_000);
    assertThat(indexes(3)).containsExactly(17L, 25L);
    cluster.run(AppSnapshotGc.GRACE_NANOS / TestCluster.MILLIS);
    assertThat(indexes(3)).containsExactly(17L);
    assertThat(consumer().snapshots().get(17L))
        .matches(snapshot -> snapshot != null && snapshot.holders().size() == 3);
  }

  @Test
  void removesWhatWasReplacedWhileItWasDown() {
    handOver(1, 17, 1_000);
    cluster.run(5_000);
    cluster.stop(3);
    handOver(2, 30, 1_000);
    cluster.run(5_000);
    cluster.start(3);
    cluster.run(5_000);
    assertThat(indexes(3)).containsExactly(30L);
  }

  @Test
  void keepsWhatIsChosenAndNotAppliedHereHoweverLong() {
    long session = new TestLocks(cluster).open(1, Duration.ZERO);
    SystemCommands.Store order = seal(3, 17, 1_000, (byte) 1);
    cluster.run(1_000);
    cluster.cut(link -> link.touches(3));
    Entry told =
        NewEntry.of(Entry.Kind.STORE, order.encode()).under(3, new Entry.Key(session, 1), 0);
    assertThat(cluster.await(cluster.node(1).proposer().propose(told, FIVE)))
        .isInstanceOf(Outcome.Applied.class);
    cluster.run(3 * AppSnapshotGc.GRACE_NANOS / TestCluster.MILLIS);
    assertThat(indexes(3)).containsExactly(17L);
    cluster.cut(link -> false);
    cluster.run(10_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(indexes(node)).containsExactly(17L);
    }
  }

  private void drop(String consumer) {
    NewEntry drop = new NewEntry(Entry.Kind.DROP_CONSUMER, consumer, "", Payload.EMPTY);
    cluster.await(cluster.node(1).proposer().propose(drop, FIVE));
  }

  private Consumer consumer() {
    return Objects.requireNonNull(cluster.node(3).reads().state().consumer("ledger"));
  }

  private List<Long> indexes(int node) {
    return cluster.node(node).consumers().appSnapshots().list().stream()
        .map(AppSnapshots.Blob::index)
        .toList();
  }

  private void handOver(int node, long index, int bytes) {
    handOver(node, index, bytes, (byte) index);
  }

  private void handOver(int node, long index, int bytes, byte mark) {
    NewEntry newEntry = NewEntry.of(Entry.Kind.STORE, seal(node, index, bytes, mark).encode());
    assertThat(cluster.await(cluster.node(node).proposer().propose(newEntry, FIVE)))
        .isInstanceOf(Outcome.Applied.class);
  }

  /** Whole on the disk of this node, and not told to the log. */
  private SystemCommands.Store seal(int node, long index, int bytes, byte mark) {
    byte[] content = new byte[bytes];
    Arrays.fill(content, mark);
    try (StreamWriter streamWriter =
        cluster.node(node).consumers().appSnapshots().stage("ledger", index)) {
      streamWriter.append(content);
      Payload sha256 = Payload.of(streamWriter.sha256().array());
      streamWriter.seal();
      return new SystemCommands.Store("ledger", index, "f", bytes, sha256, 2, false);
    }
  }
}
