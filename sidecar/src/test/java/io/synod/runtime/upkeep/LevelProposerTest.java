package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.runtime.engine.TestCluster;
import io.synod.state.Level;
import io.synod.state.encoding.LevelException;
import org.junit.jupiter.api.Test;

/** Tests that the level of a cluster rises once every node has a version that supports it. */
class LevelProposerTest {
  private static final int NEXT = Level.supported() + 1;

  private final TestCluster cluster = new TestCluster(3);

  private int level(int node) {
    return cluster.node(node).reads().state().level();
  }

  private void upgrade(int node) {
    cluster.stop(node);
    cluster.start(node, NEXT);
    cluster.run(5_000);
  }

  @Test
  void theLastNodeThatIsUpgradedRaisesTheLevelEverywhere() {
    cluster.run(3_000);
    upgrade(1);
    upgrade(2);
    assertThat(level(1)).isEqualTo(Level.FIRST);
    upgrade(3);
    for (int node = 1; node <= 3; node++) {
      assertThat(level(node)).as("node %d", node).isEqualTo(NEXT);
      assertThat(cluster.requiredLevel(node)).as("node %d", node).isEqualTo(NEXT);
    }
  }

  @Test
  void aNodeThatIsDownIsWaitedForSinceItMayReturnWithItsOldVersion() {
    cluster.run(3_000);
    cluster.stop(3);
    upgrade(1);
    upgrade(2);
    assertThat(level(1)).isEqualTo(Level.FIRST);
    cluster.start(3);
    cluster.run(5_000);
    assertThat(level(3)).isEqualTo(Level.FIRST);
    upgrade(3);
    assertThat(level(1)).isEqualTo(NEXT);
  }

  @Test
  void anOlderVersionStopsBeforeItAppliesAHigherLevel() {
    cluster.run(3_000);
    for (int node = 1; node <= 3; node++) {
      upgrade(node);
    }
    cluster.stop(2);
    cluster.start(2, Level.FIRST);
    assertThatThrownBy(() -> cluster.run(3_000)).isInstanceOf(LevelException.class);
    cluster.stop(2);
    cluster.start(2, NEXT);
    cluster.run(3_000);
    assertThat(level(2)).isEqualTo(NEXT);
  }
}
