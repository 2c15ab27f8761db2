package io.synod.runtime.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.View;
import io.synod.runtime.engine.MemoryJournal;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests clusters whose voters begin with restored states. */
final class RestoredVotersTest {
  private static final long SEEDS = 100;

  private static TestCluster cluster(int... origins) {
    TestCluster cluster = TestCluster.restored(origins.length);
    for (int node = 1; node <= origins.length; node++) {
      int origin = origins[node - 1];
      cluster.stop(node);
      if (origin > 0) {
        cluster.replaceDisk(
            node,
            MemoryJournal.restored(
                RestoredVoters.restored(5 * origin, origins.length), 0xB0 + origin));
      }
      cluster.start(node);
    }
    return cluster;
  }

  @Test
  void formOnlyIfAllBeginWithTheSame() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      assertThat(new RestoredVoters().apply(seed)).as("seed " + seed).isNull();
    }
  }

  private static void names(TestCluster cluster, int... nodes) {
    cluster.run(5_000);
    for (int node = 1; node <= 3; node++) {
      NodeStatus status = cluster.node(node).inspection().status();
      assertThat(status.role()).isEqualTo(View.Role.FORMING);
      assertThat(status.availability().reason()).isEqualTo(Availability.Reason.ORIGINS_DIFFER);
      assertThat(status.availability().nodes())
          .containsExactlyElementsOf(java.util.Arrays.stream(nodes).boxed().toList());
      assertThat(status.problem()).contains("not restored", "synod restore").doesNotContain("\n");
    }
  }

  @Test
  void nameTheVotersWithoutTheState() {
    names(cluster(1, 0, 0), 2, 3);
    names(cluster(0, 1, 1), 1);
    names(cluster(1, 2, 1), 2);
    names(cluster(0, 2, 1), 1, 3);
  }

  @Test
  void formOnceTheOtherIsRestoredToo() {
    TestCluster cluster = cluster(1, 1, 0);
    cluster.run(5_000);
    cluster.stop(3);
    cluster.replaceDisk(3, MemoryJournal.restored(RestoredVoters.restored(5, 3), 0xB1));
    cluster.start(3);
    cluster.run(5_000);
    assertThat(cluster.leaders()).hasSize(1);
    assertThat(cluster.node(3).inspection().status().problem()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takeANodeInLaterThatIsEmptyOrRestored(boolean empty) {
    TestCluster cluster = cluster(1, 1, 1);
    cluster.run(5_000);
    cluster.stop(3);
    if (empty) {
      cluster.wipe(3);
    } else {
      cluster.replaceDisk(3, MemoryJournal.restored(RestoredVoters.restored(5, 3), 0xB1));
    }
    cluster.start(3);
    cluster.run(5_000);
    NodeStatus status = cluster.node(3).inspection().status();
    assertThat(status.role()).isEqualTo(View.Role.FOLLOWER);
    assertThat(status.stateDigest()).isEqualTo(cluster.node(1).inspection().status().stateDigest());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void keepOutANodeWithAnotherState(int origin) {
    TestCluster cluster = cluster(origin, origin, origin);
    cluster.run(5_000);
    cluster.stop(3);
    cluster.replaceDisk(3, MemoryJournal.restored(RestoredVoters.restored(5, 3), 0xB1));
    cluster.start(3);
    cluster.run(5_000);
    NodeStatus status = cluster.node(3).inspection().status();
    assertThat(status.role()).isEqualTo(View.Role.FORMING);
    assertThat(status.problem()).contains("node 3 was not restored");
    assertThat(cluster.leaders()).hasSize(1);
  }
}
