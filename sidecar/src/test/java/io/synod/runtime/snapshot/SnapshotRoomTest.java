package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests a disk that has no space for a snapshot. */
class SnapshotRoomTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestCluster cluster = SnapshotTest.cluster();

  /** Proposes commands; a snapshot is taken every hundred. */
  private void propose(int count) {
    for (int i = 0; i < count; i++) {
      Payload payload = Payload.of(new byte[1_000]);
      assertThat(cluster.await(cluster.node(1).proposer().propose("", payload, MINUTE)))
          .isInstanceOf(Outcome.Applied.class);
    }
  }

  private long snapshotSlot(int node) {
    try (StoredSnapshot snapshot = cluster.disk(node).snapshot()) {
      return snapshot == null ? 0 : snapshot.mark().slot();
    }
  }

  @Test
  void triesAgainForTheSnapshotThatFoundNoRoomThoughNothingIsApplied() {
    cluster.disk(2).refuseSnapshots(true);
    propose(120);
    cluster.run(60_000);
    assertThat(cluster.disk(2).snapshotsRefused()).as("with longer pauses").isBetween(5, 7);
    cluster.disk(2).refuseSnapshots(false);
    cluster.run(35_000);
    long taken = snapshotSlot(2);
    assertThat(taken).isPositive();
    cluster.run(35_000);
    assertThat(snapshotSlot(2)).as("one is enough").isEqualTo(taken);
  }

  @Test
  void takesAtOnceWhatIsAskedForThoughAnotherFoundNoRoom() {
    cluster.disk(2).refuseSnapshots(true);
    propose(120);
    cluster.run(20_000);
    cluster.disk(2).refuseSnapshots(false);
    assertThat(cluster.await(cluster.node(2).maintenance().takeSnapshot(MINUTE)))
        .isInstanceOf(SnapshotOutcome.Taken.class);
  }

  @Test
  void trimsBelowTheOlderSnapshotThoughANewerOneFindsNoRoom() {
    propose(120);
    cluster.run(3_000);
    long taken = snapshotSlot(2);
    long oldest = cluster.disk(2).oldestSlot();
    assertThat(oldest).isLessThan(taken);
    cluster.disk(2).refuseSnapshots(true);
    propose(120);
    cluster.run(3_000);
    assertThat(snapshotSlot(2)).isEqualTo(taken);
    assertThat(cluster.disk(2).oldestSlot()).isGreaterThan(oldest);
  }
}
