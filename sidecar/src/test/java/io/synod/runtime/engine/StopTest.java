package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Message;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHold.End;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.List;
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

  /** What the node proposes from now on is sent, and lost; so are the digests of states. */
  private void loseProposals() {
    cluster.lose(
        (link, message) ->
            message instanceof Message.StateDigest
                || (link.from() == node && message instanceof Message.Forward));
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

  private CompletableFuture<Outcome> propose() {
    return cluster.node(node).proposer().propose("", TestLocks.text("x"), TTL);
  }

  private CompletableFuture<Outcome> acknowledge() {
    return cluster.node(node).consumers().acknowledge("c", 0, Payload.EMPTY, TTL);
  }

  private CompletableFuture<ReadFreshness> read() {
    return cluster.node(node).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, TTL);
  }

  private CompletableFuture<SnapshotOutcome> snapshot() {
    return cluster.node(node).maintenance().takeSnapshot(TTL);
  }

  private static void isToldOfTheStop(CompletableFuture<?> call) {
    assertThat(call).isDone();
    Object answer = call.join();
    if (answer instanceof Outcome.Unavailable no) {
      assertThat(no.why().reason()).isEqualTo(Availability.Reason.STOPPING);
    } else if (answer instanceof ReadFreshness.Unavailable no) {
      assertThat(no.why().reason()).isEqualTo(Availability.Reason.STOPPING);
    } else {
      assertThat(answer).isEqualTo(new SnapshotOutcome.Stopping());
    }
  }

  /** One of them opened the node's session, for which the others wait. */
  @Test
  void callersThatWaitForTheSessionOfTheNodeAreToldOfTheStop() {
    loseProposals();
    List<CompletableFuture<Outcome>> waiting = List.of(propose(), propose(), propose());
    cluster.run(100);
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    cluster.close(node);
    waiting.forEach(StopTest::isToldOfTheStop);
  }

  @Test
  void pendingCallsAreToldOfTheStop() {
    loseProposals();
    CompletableFuture<Outcome> underWay = acknowledge();
    cluster.run(100);
    List<CompletableFuture<?>> waiting = List.of(underWay, acknowledge(), read(), snapshot());
    cluster.close(node);
    waiting.forEach(StopTest::isToldOfTheStop);
  }

  @Test
  void laterCallsAreToldOfTheStop() {
    cluster.close(node);
    List<CompletableFuture<?>> later = List.of(propose(), acknowledge(), read(), snapshot());
    later.forEach(StopTest::isToldOfTheStop);
    LockHold hold = hold("later");
    hold.begin();
    isToldOfTheStop(hold.opened());
    assertThat(hold.over()).isCompletedWithValue(End.NO_SESSION);
    assertThat(cluster.node(node).consumers().pull("c", 1, Bytes.EMPTY, TTL))
        .isCompletedWithValue(false);
  }
}
