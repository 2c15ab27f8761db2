package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Message;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.state.command.Op;
import org.junit.jupiter.api.Test;

/** Tests a node in quarantine that is the only link between its peers. */
class OnlyLinkTest {
  private static long put(TestLocks testLocks, int node, String value) {
    return testLocks.put(node, new Op.Put("k", TestLocks.text(value), 0, 0));
  }

  private static boolean isQuarantined(TestCluster cluster, int node) {
    return cluster.node(node).reads().isQuarantined();
  }

  /** Returns a node in quarantine that is linked to all others, which are not linked otherwise. */
  private static int hub(TestCluster cluster, TestLocks testLocks, int nodes) {
    cluster.run(3_000);
    long index = put(testLocks, 1, "a");
    long slot = cluster.node(1).inspection().slotOfIndex(index);
    int hub = cluster.leader() % nodes + 1;
    put(testLocks, hub, "b");
    cluster.run(500);
    cluster.stop(hub);
    cluster.archive(hub);
    cluster.alter(hub, slot, QuarantineTest::skipped);
    cluster.lose((link, message) -> message instanceof Message.SnapshotAsk);
    put(testLocks, cluster.leader(), "c");
    cluster.cut(link -> !link.touches(hub));
    cluster.start(hub);
    cluster.run(4_000);
    assertThat(isQuarantined(cluster, hub)).isTrue();
    return hub;
  }

  @Test
  void isMendedWhileItsPeersDecideThroughIt() {
    TestCluster cluster = new TestCluster(3);
    TestLocks testLocks = new TestLocks(cluster);
    int hub = hub(cluster, testLocks, 3);
    int proposer = hub % 3 + 1;
    for (int i = 0; i < 400 && isQuarantined(cluster, hub); i++) {
      put(testLocks, proposer, "d" + i);
      cluster.run(20 + i % 7);
      if (i == 50) {
        cluster.lose((link, message) -> false);
      }
    }
    assertThat(isQuarantined(cluster, hub)).isFalse();
    cluster.run(100);
    put(testLocks, hub, "e");
  }

  @Test
  void leadsOnceItIsMended() {
    TestCluster cluster = new TestCluster(5);
    TestLocks testLocks = new TestLocks(cluster);
    int hub = hub(cluster, testLocks, 5);
    cluster.lose((link, message) -> false);
    cluster.run(15_000);
    assertThat(isQuarantined(cluster, hub)).isFalse();
    assertThat(cluster.leaders()).containsExactly(hub);
    put(testLocks, hub, "d");
  }
}
