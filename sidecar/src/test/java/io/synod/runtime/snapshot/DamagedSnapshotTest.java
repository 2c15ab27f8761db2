package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Message;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.Outcome;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that a node takes a new snapshot if it finds its snapshot damaged while a peer fetches it.
 */
class DamagedSnapshotTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  // A snapshot is taken every hundred commands, and the log below it is trimmed.
  private final TestCluster cluster = SnapshotTest.cluster();

  private void propose(int count) {
    for (int i = 0; i < count; i++) {
      Payload payload = Payload.of(new byte[1_000]);
      assertThat(cluster.await(cluster.node(1).proposer().propose("", payload, MINUTE)))
          .isInstanceOf(Outcome.Applied.class);
    }
  }

  /** Trims the log of the others while node 3 is down. */
  @BeforeEach
  void trim() {
    cluster.stop(3);
    propose(350);
    cluster.run(3_000);
    assertThat(cluster.keptFrom(1)).isGreaterThan(100);
  }

  private void startTheThird() {
    cluster.start(3);
    cluster.run(10_000);
    assertThat(cluster.node(3).inspection().status().appliedSlot())
        .isEqualTo(cluster.node(1).inspection().status().appliedSlot());
  }

  @Test
  void takesAnotherOfWhatIsAppliedForWhoAsksForIt() {
    cluster.disk(1).rotSnapshot();
    cluster.disk(2).rotSnapshot();
    startTheThird();
  }

  /** What is applied is not known to be right before the third has it, too. */
  @Test
  void takesOneThatAQuorumIsKnownToHaveWhereWhatIsAppliedIsNot() {
    cluster.lose((link, message) -> message instanceof Message.StateDigest);
    propose(20);
    cluster.disk(1).rotSnapshot();
    cluster.stop(2);
    startTheThird();
  }

  @Test
  void offersNoneUntilThereIsAnother() {
    cluster.disk(1).rotSnapshot();
    cluster.hold(1);
    cluster.stop(2);
    int[] given = new int[1];
    cluster.lose(
        (link, message) -> {
          boolean page = message instanceof Message.SnapshotPage page1 && page1.total() >= 0;
          given[0] += page && link.from() == 1 ? 1 : 0;
          return false;
        });
    cluster.start(3);
    cluster.run(2_000);
    int before = given[0];
    cluster.run(5_000);
    assertThat(given[0]).isEqualTo(before);
    cluster.release(1);
    cluster.run(10_000);
    assertThat(cluster.node(3).inspection().status().appliedSlot())
        .isEqualTo(cluster.node(1).inspection().status().appliedSlot());
  }
}
