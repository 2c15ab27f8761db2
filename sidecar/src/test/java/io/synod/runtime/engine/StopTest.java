package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Message;
import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHold.End;
import io.synod.runtime.node.LockHolds;
import io.synod.state.command.SystemCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests that an orderly stop of a node ends everything that is pending there. */
class StopTest {
  private static final Duration TTL = Duration.ofSeconds(10);

  private final TestCluster cluster = new TestCluster(3);
  private final int node;

  StopTest() {
    cluster.run(3_000);
    node = cluster.leader() == 1 ? 2 : 1;
  }

  /** What the node proposes from now on is sent, and lost. */
  private void loseProposals() {
    cluster.lose((link, message) -> link.from() == node && message instanceof Message.Forward);
  }

  private LockHold hold(String lock) {
    SystemCommands.Hold command =
        new SystemCommands.Hold(lock, TestLocks.text("me"), TTL.toMillis(), false);
    return cluster.node(node).lockHolds().hold(new LockHolds.Terms(command, null, TTL), () -> {});
  }

  @Test
  void everyHoldIsOver() {
    LockHold held = hold("held");
    held.begin();
    LockHold released = hold("released");
    released.begin();
    cluster.await(held.opened());
    cluster.await(released.opened());
    loseProposals();
    released.release();
    LockHold opening = hold("opening");
    opening.begin();
    LockHold unused = hold("unused");
    LockHolds holds = cluster.node(node).lockHolds();
    CompletableFuture<Void> allOver = holds.whenAllOver();
    cluster.run(100);
    assertThat(holds.unfinished()).isEqualTo(4);
    cluster.close(node);
    assertThat(allOver).isDone();
    assertThat(holds.unfinished()).isZero();
    assertThat(held.over()).isCompletedWithValue(End.LEFT);
    assertThat(released.over()).isCompletedWithValue(End.LEFT);
    assertThat(opening.over()).isCompletedWithValue(End.LEFT);
    assertThat(unused.over()).isCompletedWithValue(End.NO_SESSION);
  }
}
