package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.LogWatcher;
import io.synod.api.NodeCondition;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.state.Lock;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldEvent.Lost.Reason;
import io.synod.v1.HoldRequest;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ReleaseRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("slow")
final class HoldTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer(new ApiLimits(1 << 20, 1, 1, 10, 100).withHoldsMax(3));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private LocksGrpc.LocksBlockingStub locks() {
    return LocksGrpc.newBlockingStub(server.channel);
  }

  private Lock lock() {
    return Objects.requireNonNull(server.node.state().lock("l"));
  }

  private boolean isFree() {
    return server.node.state().lock("l") == null;
  }

  /** Asserts that only the sidecar's own session is left. */
  private void leavesNothingBehind() {
    TestHolds.until(() -> isFree() && server.node.state().sessionCount() == 1);
  }

  @Test
  void grantsAFreeLockUnderTheIndexOfItsGrant() {
    HoldEvent.Granted granted = TestHolds.granted(TestHolds.hold(server, "l"));

    assertThat(granted.getFencingToken()).isEqualTo(server.node.log.appliedIndex()).isEqualTo(2);
    // Two percent are subtracted for clock drift, and two for the delay of this message.
    assertThat(Durations.toNanos(granted.getValidFor())).isBetween(1L, 9_600_000_000L);
    assertThat(lock().holder().value().bytes()).asString().isEqualTo("at l");
  }

  @Test
  void queuesTheOthersAndTellsWhenTheQueueMoves() {
    StreamCollector<HoldRequest, HoldEvent> first = TestHolds.hold(server, "l");
    long token = TestHolds.granted(first).getFencingToken();
    StreamCollector<HoldRequest, HoldEvent> second = TestHolds.hold(server, "l");
    assertThat(second.next().getWaiting().getPosition()).isEqualTo(1);
    StreamCollector<HoldRequest, HoldEvent> third = TestHolds.hold(server, "l");
    HoldEvent.Waiting waiting = third.next().getWaiting();
    assertThat(waiting.getPosition()).isEqualTo(2);
    assertThat(waiting.getHolderNodeId()).isEqualTo("1");

    first.cancel();

    assertThat(TestHolds.granted(second).getFencingToken()).isGreaterThan(token);
    assertThat(third.next().getWaiting().getPosition()).isEqualTo(1);
    third.cancel();
    second.cancel();
    leavesNothingBehind();
  }

  @Test
  void saysWhichNodesApplicationHolds() {
    long session = TestHolds.elsewhere(server.node, "l");
    StreamCollector<HoldRequest, HoldEvent> waiter = TestHolds.hold(server, "l");
    assertThat(waiter.next().getWaiting().getHolderNodeId()).isEqualTo("2");

    TestHolds.close(server.node, session);

    assertThat(TestHolds.granted(waiter).getFencingToken()).isEqualTo(lock().token());
  }

  @Test
  void triesOnceWithoutLeavingASession() {
    TestHolds.granted(TestHolds.hold(server, "l"));

    HoldRequest.Builder once = TestHolds.request("l").setWait(Duration.getDefaultInstance());
    assertThat(TestHolds.lost(TestHolds.hold(server, once))).isEqualTo(Reason.REASON_NOT_GRANTED);
    assertThat(lock().waiting()).isZero();
    assertThat(TestHolds.granted(TestHolds.hold(server, once.setName("free"))).getFencingToken())
        .isPositive();
  }

  @Test
  void leavesTheQueueWhenItsWaitIsOver() {
    TestHolds.granted(TestHolds.hold(server, "l"));
    StreamCollector<HoldRequest, HoldEvent> waiter =
        TestHolds.hold(server, TestHolds.request("l").setWait(Durations.fromMillis(100)));
    assertThat(waiter.next().hasWaiting()).isTrue();

    assertThat(TestHolds.lost(waiter)).isEqualTo(Reason.REASON_NOT_GRANTED);
    TestHolds.until(() -> lock().waiting() == 0);
  }

  @Test
  void tellsEachRenewalAndHowLongItIsGoodFor() {
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, TestHolds.request("l"));
    TestHolds.granted(holder);
    long granted = System.nanoTime();

    for (int i = 0; i < 5; i++) {
      HoldEvent next = holder.next();
      assertThat(next.hasRenewed()).isTrue();
      assertThat(Durations.toMillis(next.getRenewed().getValidFor())).isBetween(200L, 960L);
    }
    assertThat(System.nanoTime() - granted).as("it outlives its time").isGreaterThan(980_000_000);
  }

  @Test
  void isLostWhenItCannotBeRenewedAndIsGivenBackOnceItCan() {
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, TestHolds.request("l"));
    HoldEvent.Granted granted = TestHolds.granted(holder);
    long until = System.nanoTime() + Durations.toNanos(granted.getValidFor());
    server.node.feel(NodeCondition.ALONE);

    assertThat(TestHolds.lost(holder)).isEqualTo(Reason.REASON_EXPIRED);
    // A renewal may have been in flight; the hold must end, and not late.
    assertThat(System.nanoTime() - until).isBetween(-300_000_000L, 900_000_000L);
    assertThat(isFree()).isFalse();
    server.node.feel(NodeCondition.WELL);
    leavesNothingBehind();
  }

  @Test
  void isLostWhenAnOperatorTakesIt() {
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, "l");
    long token = TestHolds.granted(holder).getFencingToken();

    locks().release(ReleaseRequest.newBuilder().setName("l").setFencingToken(token).build());

    assertThat(TestHolds.lost(holder)).isEqualTo(Reason.REASON_RELEASED);
    leavesNothingBehind();
  }

  @Test
  void isLostInTheQueueWhenItsSessionEnds() {
    TestHolds.granted(TestHolds.hold(server, "l"));
    StreamCollector<HoldRequest, HoldEvent> waiter = TestHolds.hold(server, "l");
    assertThat(waiter.next().hasWaiting()).isTrue();

    server.node.expire(lock().queue().lastKey());

    assertThat(TestHolds.lost(waiter)).isEqualTo(Reason.REASON_EXPIRED);
  }

  @Test
  void givesBackWhatWasGrantedAfterTheApplicationWentAway() {
    server.node.feel(NodeCondition.SLOW);
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, "l");
    TestHolds.until(() -> server.node.heldCount() == 1);
    holder.cancel();
    server.node.feel(NodeCondition.WELL);
    TestHolds.until(() -> server.services.openHolds() == 0);
    assertThat(isFree()).isTrue();

    server.node.release();

    TestHolds.until(() -> server.node.log.appliedIndex() == 3);
    leavesNothingBehind();
    // The end of the session is applied before its caller is answered.
    TestHolds.until(() -> server.services.holdsToEnd() == 0);
  }

  @Test
  void tellsThatTheOutcomeIsUnknownAndGivesBackWhateverItWas() {
    server.node.feel(NodeCondition.SLOW);
    StreamCollector<HoldRequest, HoldEvent> holder =
        TestHolds.hold(
            LocksGrpc.newStub(server.channel).withDeadlineAfter(1_500, TimeUnit.MILLISECONDS),
            TestHolds.request("l"));

    CallError callError = holder.callError();
    assertThat(callError.code()).isEqualTo(Code.UNKNOWN);
    assertThat(callError.reason()).isEqualTo(io.synod.v1.Reason.OUTCOME_UNKNOWN);
    assertThat(server.services.holdsToEnd()).isEqualTo(1);
    TestHolds.until(() -> server.node.heldCount() == 2);
    server.node.feel(NodeCondition.WELL);
    server.node.release();

    TestHolds.until(() -> server.services.holdsToEnd() == 0);
    assertThat(server.node.log.indexes()).as("opened once, and closed").hasSize(3);
    leavesNothingBehind();
  }

  @Test
  void givesBackWhatIsUnknownThoughCallersLeaveNoRoom() {
    server.node.feel(NodeCondition.SLOW);
    StreamCollector<HoldRequest, HoldEvent> holder =
        TestHolds.hold(
            LocksGrpc.newStub(server.channel).withDeadlineAfter(1_500, TimeUnit.MILLISECONDS),
            TestHolds.request("l"));
    TestHolds.until(() -> server.node.heldCount() == 1);
    server.node.feel(NodeCondition.FULL);
    assertThat(holder.callError().reason()).isEqualTo(io.synod.v1.Reason.OUTCOME_UNKNOWN);

    TestHolds.until(() -> server.services.holdsToEnd() == 0);
    assertThat(server.node.log.indexes()).as("opened once, and closed").hasSize(3);
    leavesNothingBehind();
  }

  @Test
  void hasNothingToGiveBackWithoutAQuorum() {
    server.node.feel(NodeCondition.ALONE);

    assertThat(TestHolds.hold(server, "l").callError().reason())
        .isEqualTo(io.synod.v1.Reason.NO_QUORUM);
    server.node.feel(NodeCondition.FULL);
    assertThat(TestHolds.hold(server, "l").callError().reason())
        .isEqualTo(io.synod.v1.Reason.OVERLOADED);
    server.node.feel(NodeCondition.BROKEN);
    assertThat(TestHolds.hold(server, "l").callError().reason())
        .isEqualTo(io.synod.v1.Reason.INTERNAL_ERROR);
    assertThat(server.services.holdsToEnd()).isZero();
  }

  @Test
  void triesToGiveBackUntilItCan() {
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, "l");
    TestHolds.granted(holder);
    server.node.feel(NodeCondition.ALONE);
    holder.cancel();
    TestHolds.until(() -> server.services.openHolds() == 0);
    assertThat(server.services.holdsToEnd()).isEqualTo(1);
    assertThat(isFree()).isFalse();

    server.node.feel(NodeCondition.WELL);

    TestHolds.until(() -> server.services.holdsToEnd() == 0);
    assertThat(isFree()).isTrue();
  }

  @Test
  void leavesToItsTimeToLiveWhatItCannotGiveBack() {
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, TestHolds.request("l"));
    TestHolds.granted(holder);
    server.node.feel(NodeCondition.ALONE);
    holder.cancel();
    TestHolds.until(() -> server.services.openHolds() == 0);
    assertThat(server.services.holdsToEnd()).isEqualTo(1);

    TestHolds.until(() -> server.services.holdsToEnd() == 0);
    assertThat(isFree()).as("nothing ended it here").isFalse();
  }

  @Test
  void givesAllBackBeforeTheSidecarStops() {
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, "l");
    TestHolds.granted(holder);
    StreamCollector<HoldRequest, HoldEvent> waiter = TestHolds.hold(server, "l");
    assertThat(waiter.next().hasWaiting()).isTrue();

    server.services.close();

    assertThat(isFree()).as("before close returns").isTrue();
    assertThat(server.node.state().sessionCount()).isEqualTo(1);
    assertThat(TestHolds.lost(holder)).isEqualTo(Reason.REASON_SHUTTING_DOWN);
    HoldEvent last = waiter.next();
    // The hold may have been granted for a moment.
    while (!last.hasLost()) {
      last = waiter.next();
    }
    assertThat(last.getLost().getReason()).isEqualTo(Reason.REASON_SHUTTING_DOWN);
    assertThat(TestHolds.hold(server, "l").callError().reason())
        .isEqualTo(io.synod.v1.Reason.SHUTTING_DOWN);
  }

  @Test
  void givesBackWhatIsGrantedWhileTheSidecarStops() throws Exception {
    server.node.feel(NodeCondition.SLOW);
    StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, "l");
    TestHolds.until(() -> server.node.heldCount() == 1);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server.services::close);
    assertThat(TestHolds.lost(holder)).isEqualTo(Reason.REASON_SHUTTING_DOWN);
    assertThat(closing).isNotDone();
    server.node.feel(NodeCondition.WELL);

    server.node.release();

    closing.get(20, TimeUnit.SECONDS);
    assertThat(isFree()).isTrue();
    assertThat(server.node.log.appliedIndex()).as("opened and closed").isEqualTo(3);
  }

  @Test
  void isGrantedWhileAsManyWatchesAreOpenAsMayBe() {
    assertThat(LogWatcher.open(server, LogWatcher.from(1)).next().hasStarted()).isTrue();
    assertThat(LogWatcher.open(server, LogWatcher.from(1)).callError().reason())
        .isEqualTo(io.synod.v1.Reason.OVERLOADED);

    assertThat(TestHolds.granted(TestHolds.hold(server, "l")).getFencingToken()).isPositive();
  }

  @Test
  void refusesOneHoldTooManyWithoutProposingIt() {
    for (int i = 0; i < 3; i++) {
      TestHolds.granted(TestHolds.hold(server, "lock " + i));
    }

    assertThat(TestHolds.hold(server, "l").callError().reason())
        .isEqualTo(io.synod.v1.Reason.OVERLOADED);
    assertThat(isFree()).isTrue();
  }
}
