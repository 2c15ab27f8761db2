package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.Cluster;
import io.synod.runtime.engine.Holds;
import io.synod.runtime.node.Feed;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.Blobs;
import io.synod.runtime.port.Intake;
import io.synod.state.Consumer;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CustodianTest {
  private static final Duration FIVE = Duration.ofSeconds(5);

  private final Cluster cluster = new Cluster(3);

  CustodianTest() {
    cluster.run(3_000);
    for (int i = 0; i < 40; i++) {
      cluster.await(cluster.node(1).propose("", Payload.of(new byte[10]), FIVE));
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
    assertThat(cluster.node(2).state().neededFrom(0)).isEqualTo(18);
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
    cluster.node(3).blobs().sealed().forEach(cluster.node(3).blobs()::delete);
    assertThat(indexes(3)).isEmpty();
    cluster.run(5_000);
    assertThat(indexes(3)).containsExactly(17L);
  }

  @Test
  void waitsNoLongerForWhatTheStateForgot() {
    // Whoever had it is gone, and so everybody asks for it in vain.
    Orders.Store gone = new Orders.Store("lost", 17, "f", 10, Payload.of(new byte[32]), 2, false);
    cluster.await(cluster.node(1).propose(Draft.of(Entry.Kind.STORE, gone.encode()), FIVE));
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
    cluster.run(2_000 + Orphans.GRACE_NANOS / Cluster.MILLIS);
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
    assertThat(cluster.node(3).blobs().sealed()).hasSize(1);
    cluster.run(2_000 + Orphans.GRACE_NANOS / Cluster.MILLIS);
    assertThat(cluster.node(3).blobs().sealed()).isEmpty();
  }

  @Test
  void waitsAnewForTheCommandOfWhatIsHandedOverOnceMore() {
    seal(3, 17, 1_000, (byte) 1);
    cluster.run(Orphans.GRACE_NANOS / Cluster.MILLIS - 5_000);
    seal(3, 17, 1_000, (byte) 1);
    cluster.run(60_000);
    assertThat(indexes(3)).as("its command may be on its way").containsExactly(17L);
    cluster.run(Orphans.GRACE_NANOS / Cluster.MILLIS);
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
    Orders.Store order = seal(1, 17, 1_000, (byte) 1);
    cluster.await(cluster.node(1).propose(Draft.of(Entry.Kind.STORE, order.encode()), FIVE));
    cluster.run(5_000);
    List<Payload> told = new ArrayList<>();
    for (Feed.Item item : cluster.node(1).feed().page(1, 1 << 20, 1 << 28).entries()) {
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
    cluster.run(Orphans.GRACE_NANOS / Cluster.MILLIS - 5_000);
    assertThat(indexes(3)).as("its command may be on its way").containsExactly(17L, 25L);
    cluster.stop(3);
    cluster.start(3);
    cluster.run(60_000);
    assertThat(indexes(3)).containsExactly(17L, 25L);
    cluster.run(Orphans.GRACE_NANOS / Cluster.MILLIS);
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
    long session = new Holds(cluster).open(1, Duration.ZERO);
    Orders.Store order = seal(3, 17, 1_000, (byte) 1);
    cluster.run(1_000);
    cluster.cut(link -> link.touches(3));
    Entry told = Draft.of(Entry.Kind.STORE, order.encode()).under(3, new Entry.Key(session, 1), 0);
    assertThat(cluster.await(cluster.node(1).propose(told, FIVE)))
        .isInstanceOf(Outcome.Applied.class);
    cluster.run(3 * Orphans.GRACE_NANOS / Cluster.MILLIS);
    assertThat(indexes(3)).containsExactly(17L);
    cluster.cut(link -> false);
    cluster.run(10_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(indexes(node)).containsExactly(17L);
    }
  }

  private void drop(String consumer) {
    Draft drop = new Draft(Entry.Kind.DROP_CONSUMER, consumer, "", Payload.EMPTY);
    cluster.await(cluster.node(1).propose(drop, FIVE));
  }

  private Consumer consumer() {
    return Objects.requireNonNull(cluster.node(3).state().consumer("ledger"));
  }

  private List<Long> indexes(int node) {
    return cluster.node(node).blobs().list().stream().map(Blobs.Blob::index).toList();
  }

  private void handOver(int node, long index, int bytes) {
    handOver(node, index, bytes, (byte) index);
  }

  private void handOver(int node, long index, int bytes, byte mark) {
    Draft draft = Draft.of(Entry.Kind.STORE, seal(node, index, bytes, mark).encode());
    assertThat(cluster.await(cluster.node(node).propose(draft, FIVE)))
        .isInstanceOf(Outcome.Applied.class);
  }

  /** Whole on the disk of this node, and not told to the log. */
  private Orders.Store seal(int node, long index, int bytes, byte mark) {
    byte[] content = new byte[bytes];
    Arrays.fill(content, mark);
    try (Intake intake = cluster.node(node).blobs().stage("ledger", index)) {
      intake.append(content);
      Payload sha256 = Payload.of(intake.sha256().array());
      intake.seal();
      return new Orders.Store("ledger", index, "f", bytes, sha256, 2, false);
    }
  }
}
