package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.paxos.value.Event;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormationTest {

  private static List<Event> blocked(Node node) {
    return node.inspection().eventLog().since(1, Integer.MAX_VALUE).stream()
        .map(EventLog.LoggedEvent::event)
        .filter(event -> event instanceof Event.FormationBlocked)
        .toList();
  }

  @Test
  void everyNodeSaysWhoseDiskWasLostBeforeTheClusterFormed() {
    TestCluster cluster = new TestCluster(3);
    // Node 1 agrees, and no other node learns that before node 3 has lost its disk.
    cluster.cut(link -> link.to() != 1);
    cluster.run(500);
    assertThat(cluster.hasAgreed(1)).isTrue();
    cluster.stop(3);
    cluster.wipe(3);
    cluster.start(3);
    cluster.cut(link -> false);
    cluster.run(10_000);
    for (int node = 1; node <= 3; node++) {
      NodeStatus status = cluster.node(node).inspection().status();
      assertThat(status.role()).isEqualTo(View.Role.FORMING);
      assertThat(status.availability().nodes()).containsExactly(3);
      assertThat(status.problem()).contains("node 3 has another disk", "wipe");
      assertThat(blocked(cluster.node(node))).hasSize(1);
    }
  }

  @Test
  void ofADiskThatWasLostLaterNoNodeSaysThatItKeepsTheClusterFromForming() {
    TestCluster cluster = new TestCluster(3);
    cluster.run(3_000);
    cluster.stop(3);
    cluster.wipe(3);
    cluster.start(3);
    cluster.run(3_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(cluster.node(node).inspection().status().problem()).isEmpty();
      assertThat(blocked(cluster.node(node))).isEmpty();
    }
  }
}
