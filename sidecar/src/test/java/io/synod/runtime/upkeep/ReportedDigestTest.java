package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.engine.ClusterListener;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.state.command.Op;
import org.junit.jupiter.api.Test;

/** Tests that a state whose digest a node reported outlives a power failure of all nodes. */
class ReportedDigestTest {
  private final TestCluster cluster = new TestCluster(3);
  private final TestLocks testLocks = new TestLocks(cluster);
  private boolean installed;

  private long put(int node, String value) {
    return testLocks.put(node, new Op.Put("k", TestLocks.text(value), 0, 0));
  }

  private boolean isQuarantined(int node) {
    return cluster.node(node).reads().isQuarantined();
  }

  @Test
  void isEnoughToMendAnotherNode() {
    cluster.run(3_000);
    long index = put(1, "a");
    int leader = cluster.leader();
    int bad = leader % 3 + 1;
    int right = 6 - leader - bad;
    long slot = cluster.node(1).inspection().slotOfIndex(index);
    put(bad, "b");
    cluster.run(500);
    cluster.stop(bad);
    cluster.archive(bad);
    cluster.alter(bad, slot, QuarantineTest::skipped);
    cluster.listen(
        new ClusterListener() {
          @Override
          public void installed(int node, SnapshotMark mark) {
            // Its disk does not record that its state is right.
            cluster.hold(node);
            installed = true;
          }
        });
    cluster.lose(
        (link, message) ->
            message instanceof Message.StateDigest && link.from() == right && link.to() == bad);
    cluster.start(bad);
    cluster.run(8_000);
    assertThat(installed).isTrue();
    for (int node = 1; node <= 3; node++) {
      cluster.stop(node);
      cluster.disk(node).forgetUnsynced();
    }
    cluster.lose((link, message) -> false);
    cluster.listen(ClusterListener.NONE);
    cluster.start(bad);
    cluster.release(bad);
    cluster.start(right);
    assertThat(isQuarantined(bad)).isTrue();
    cluster.run(20_000);
    assertThat(isQuarantined(bad)).isFalse();
    put(right, "c");
  }
}
