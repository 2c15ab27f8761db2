package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.paxos.value.Message;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.command.Op;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests a node whose state differs, and whose disk is full when it learns that. */
class StalledQuarantineTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int LARGE = 6_000;

  private final TestCluster cluster = TestCluster.keepingLittle(3);
  private final TestLocks testLocks = new TestLocks(cluster);

  private boolean reachesNobody(int node) {
    return cluster.node(node).inspection().status().peers().stream()
        .noneMatch(View.Peer::connected);
  }

  private void propose(int node, int bytes) {
    var unused = cluster.node(node).proposer().propose("", Payload.of(new byte[bytes]), MINUTE);
    cluster.run(200);
  }

  @Test
  void servesNothing() {
    cluster.run(3_000);
    cluster.lose((link, message) -> message instanceof Message.StateDigest);
    long index = testLocks.put(1, new Op.Put("k", TestLocks.text("a"), 0, 0));
    long slot = cluster.node(1).inspection().slotOfIndex(index);
    int node = cluster.leader() % 3 + 1;
    testLocks.put(node, new Op.Put("k", TestLocks.text("b"), 0, 0));
    cluster.run(500);
    cluster.stop(node);
    cluster.archive(node);
    cluster.alter(node, slot, QuarantineTest::skipped);
    cluster.start(node);
    cluster.run(3_000);
    int leader = cluster.leader();
    for (int i = 0; i < 20; i++) {
      propose(leader, LARGE);
    }
    cluster.disk(node).fullUntilTrimmed();
    propose(leader, 8 * LARGE);
    cluster.run(2_000);
    assertThat(reachesNobody(node)).isTrue();
    assertThat(cluster.node(node).reads().isQuarantined()).isFalse();
    cluster.lose((link, message) -> false);
    var waiting = cluster.node(node).reads().read(ReadLevel.SESSION, MINUTE, 10_000, MINUTE);
    cluster.run(3_000);
    assertThat(reachesNobody(node)).isTrue();
    assertThat(cluster.node(node).reads().isQuarantined()).isTrue();
    assertThat(waiting).isCompletedWithValue(new ReadFreshness.Quarantined());
  }
}
