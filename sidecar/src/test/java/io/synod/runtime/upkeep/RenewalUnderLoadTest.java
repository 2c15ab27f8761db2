package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Message;
import io.synod.runtime.engine.ClusterListener;
import io.synod.runtime.engine.DirectedLink;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.state.command.Op;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that a wrong state is replaced while others apply more than a node holds back. */
class RenewalUnderLoadTest {
  private static final int KEYS = 40;
  private static final int KEY_BYTES = 1_000;

  /** In the time of all pages, the load is several times what a node holds back. */
  private static final int LOAD_BYTES = 3_000;

  private final TestCluster cluster = TestCluster.keepingLittle(3);
  private final TestLocks testLocks = new TestLocks(cluster);

  /** The snapshots of which a node asked for a further page. */
  private final Set<Object> continued = new HashSet<>();

  private long put(int node, String key, int bytes) {
    return testLocks.put(node, new Op.Put(key, TestLocks.text("v".repeat(bytes)), 0, 0));
  }

  private boolean isQuarantined(int node) {
    return cluster.node(node).reads().isQuarantined();
  }

  private void noteFetches() {
    cluster.listen(
        new ClusterListener() {
          @Override
          public void sent(DirectedLink link, Message message, Fate fate) {
            if (message instanceof Message.SnapshotAsk ask && ask.offset() > 0) {
              continued.add(ask.sha256());
            }
          }
        });
  }

  @Test
  void endsAfterOneFetch() {
    cluster.run(3_000);
    long index = put(1, "k", 1);
    long slot = cluster.node(1).inspection().slotOfIndex(index);
    int leader = cluster.leader();
    int bad = leader % 3 + 1;
    for (int i = 0; i < KEYS; i++) {
      put(bad, "key" + i, KEY_BYTES);
    }
    cluster.run(500);
    cluster.stop(bad);
    cluster.archive(bad);
    cluster.alter(bad, slot, QuarantineTest::skipped);
    noteFetches();
    cluster.hold((link, message) -> message instanceof Message.SnapshotPage && link.to() == bad);
    cluster.start(bad);
    cluster.run(3_000);
    assertThat(isQuarantined(bad)).isTrue();
    int pages = 0;
    while (isQuarantined(bad) && pages < 200) {
      put(leader, "load", LOAD_BYTES);
      pages += cluster.release((link, message) -> true).size();
    }
    assertThat(isQuarantined(bad)).isFalse();
    assertThat(continued).hasSize(1);
    assertThat(pages).isGreaterThan(50);
    put(bad, "k", 1);
  }
}
