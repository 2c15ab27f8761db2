package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.Held;
import io.synod.api.Mood;
import io.synod.api.Refused;
import io.synod.api.Served;
import io.synod.api.Taker;
import io.synod.api.Watcher;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HoldTest {
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = new Served(new ApiLimits(1 << 20, 1, 1, 10, 100).withHoldsMax(3));
  }

  @AfterEach
  void close() {
    served.close();
  }

  private LocksGrpc.LocksBlockingStub locks() {
    return LocksGrpc.newBlockingStub(served.channel);
  }

  private Lock lock() {
    return Objects.requireNonNull(served.node.state().lock("l"));
  }

  private boolean isFree() {
    return served.node.state().lock("l") == null;
  }

  /** Only the sidecar's own session is left. */
  private void leavesNothingBehind() {
    Held.until(() -> isFree() && served.node.state().sessionCount() == 1);
  }

  @Test
  void grantsAFreeLockUnderTheIndexOfItsGrant() {
    HoldEvent.Granted granted = Held.granted(Held.hold(served, "l"));

    assertThat(granted.getFencingToken()).isEqualTo(served.node.log.appliedIndex()).isEqualTo(2);
    // Two in a hundred are for clocks that drift, and two for this message to arrive.
    assertThat(Durations.toNanos(granted.getValidFor())).isBetween(1L, 9_600_000_000L);
    assertThat(lock().holder().value().bytes()).asString().isEqualTo("at l");
  }

  @Test
  void queuesTheOthersAndTellsWhenTheQueueMoves() {
    Taker<HoldRequest, HoldEvent> first = Held.hold(served, "l");
    long token = Held.granted(first).getFencingToken();
    Taker<HoldRequest, HoldEvent> second = Held.hold(served, "l");
    assertThat(second.next().getWaiting().getPosition()).isEqualTo(1);
    Taker<HoldRequest, HoldEvent> third = Held.hold(served, "l");
    HoldEvent.Waiting waiting = third.next().getWaiting();
    assertThat(waiting.getPosition()).isEqualTo(2);
    assertThat(waiting.getHolderNodeId()).isEqualTo("1");

    first.cancel();

    assertThat(Held.granted(second).getFencingToken()).isGreaterThan(token);
    assertThat(third.next().getWaiting().getPosition()).isEqualTo(1);
    third.cancel();
    second.cancel();
    leavesNothingBehind();
  }

  @Test
  void saysWhichNodesApplicationHolds() {
    long session = Held.elsewhere(served.node, "l");
    Taker<HoldRequest, HoldEvent> waiter = Held.hold(served, "l");
    assertThat(waiter.next().getWaiting().getHolderNodeId()).isEqualTo("2");

    Held.close(served.node, session);

    assertThat(Held.granted(waiter).getFencingToken()).isEqualTo(lock().token());
  }

  @Test
  void triesOnceWithoutLeavingASession() {
    Held.granted(Held.hold(served, "l"));

    HoldRequest.Builder once = Held.request("l").setWait(Duration.getDefaultInstance());
    assertThat(Held.lost(Held.hold(served, once))).isEqualTo(Reason.REASON_NOT_GRANTED);
    assertThat(lock().waiting()).isZero();
    assertThat(Held.granted(Held.hold(served, once.setName("free"))).getFencingToken())
        .isPositive();
  }

  @Test
  void leavesTheQueueWhenItsWaitIsOver() {
    Held.granted(Held.hold(served, "l"));
    Taker<HoldRequest, HoldEvent> waiter =
        Held.hold(served, Held.request("l").setWait(Durations.fromMillis(100)));
    assertThat(waiter.next().hasWaiting()).isTrue();

    assertThat(Held.lost(waiter)).isEqualTo(Reason.REASON_NOT_GRANTED);
    Held.until(() -> lock().waiting() == 0);
  }

  @Test
  void tellsEachRenewalAndHowLongItIsGoodFor() {
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, Held.request("l"));
    Held.granted(holder);
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
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, Held.request("l"));
    HoldEvent.Granted granted = Held.granted(holder);
    long until = System.nanoTime() + Durations.toNanos(granted.getValidFor());
    served.node.feel(Mood.ALONE);

    assertThat(Held.lost(holder)).isEqualTo(Reason.REASON_EXPIRED);
    // A renewal may have been under way; what matters is that it ends and is not late.
    assertThat(System.nanoTime() - until).isBetween(-300_000_000L, 900_000_000L);
    assertThat(isFree()).isFalse();
    served.node.feel(Mood.WELL);
    leavesNothingBehind();
  }

  @Test
  void isLostWhenAnOperatorTakesIt() {
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, "l");
    long token = Held.granted(holder).getFencingToken();

    locks().release(ReleaseRequest.newBuilder().setName("l").setFencingToken(token).build());

    assertThat(Held.lost(holder)).isEqualTo(Reason.REASON_RELEASED);
    leavesNothingBehind();
  }

  @Test
  void isLostInTheQueueWhenItsSessionEnds() {
    Held.granted(Held.hold(served, "l"));
    Taker<HoldRequest, HoldEvent> waiter = Held.hold(served, "l");
    assertThat(waiter.next().hasWaiting()).isTrue();

    served.node.expire(lock().queue().lastKey());

    assertThat(Held.lost(waiter)).isEqualTo(Reason.REASON_EXPIRED);
  }

  @Test
  void givesBackWhatWasGrantedAfterTheApplicationWentAway() {
    served.node.feel(Mood.SLOW);
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, "l");
    Held.until(() -> served.node.heldCount() == 1);
    holder.cancel();
    served.node.feel(Mood.WELL);
    Held.until(() -> served.services.openHolds() == 0);
    assertThat(isFree()).isTrue();

    served.node.release();

    Held.until(() -> served.node.log.appliedIndex() == 3);
    leavesNothingBehind();
    // Its end is applied before whoever asked for it is told.
    Held.until(() -> served.services.holdsToEnd() == 0);
  }

  @Test
  void tellsThatTheOutcomeIsUnknownAndGivesBackWhateverItWas() {
    served.node.feel(Mood.SLOW);
    Taker<HoldRequest, HoldEvent> holder =
        Held.hold(
            LocksGrpc.newStub(served.channel).withDeadlineAfter(1_500, TimeUnit.MILLISECONDS),
            Held.request("l"));

    Refused refused = holder.refused();
    assertThat(refused.code()).isEqualTo(Code.UNKNOWN);
    assertThat(refused.reason()).isEqualTo(io.synod.v1.Reason.OUTCOME_UNKNOWN);
    assertThat(served.services.holdsToEnd()).isEqualTo(1);
    Held.until(() -> served.node.heldCount() == 2);
    served.node.feel(Mood.WELL);
    served.node.release();

    Held.until(() -> served.services.holdsToEnd() == 0);
    assertThat(served.node.log.indexes()).as("opened once, and closed").hasSize(3);
    leavesNothingBehind();
  }

  @Test
  void givesBackWhatIsUnknownThoughCallersLeaveNoRoom() {
    served.node.feel(Mood.SLOW);
    Taker<HoldRequest, HoldEvent> holder =
        Held.hold(
            LocksGrpc.newStub(served.channel).withDeadlineAfter(1_500, TimeUnit.MILLISECONDS),
            Held.request("l"));
    Held.until(() -> served.node.heldCount() == 1);
    served.node.feel(Mood.FULL);
    assertThat(holder.refused().reason()).isEqualTo(io.synod.v1.Reason.OUTCOME_UNKNOWN);

    Held.until(() -> served.services.holdsToEnd() == 0);
    assertThat(served.node.log.indexes()).as("opened once, and closed").hasSize(3);
    leavesNothingBehind();
  }

  @Test
  void hasNothingToGiveBackWithoutAQuorum() {
    served.node.feel(Mood.ALONE);

    assertThat(Held.hold(served, "l").refused().reason()).isEqualTo(io.synod.v1.Reason.NO_QUORUM);
    served.node.feel(Mood.FULL);
    assertThat(Held.hold(served, "l").refused().reason()).isEqualTo(io.synod.v1.Reason.OVERLOADED);
    served.node.feel(Mood.BROKEN);
    assertThat(Held.hold(served, "l").refused().reason())
        .isEqualTo(io.synod.v1.Reason.INTERNAL_ERROR);
    assertThat(served.services.holdsToEnd()).isZero();
  }

  @Test
  void triesToGiveBackUntilItCan() {
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, "l");
    Held.granted(holder);
    served.node.feel(Mood.ALONE);
    holder.cancel();
    Held.until(() -> served.services.openHolds() == 0);
    assertThat(served.services.holdsToEnd()).isEqualTo(1);
    assertThat(isFree()).isFalse();

    served.node.feel(Mood.WELL);

    Held.until(() -> served.services.holdsToEnd() == 0);
    assertThat(isFree()).isTrue();
  }

  @Test
  void leavesToItsTimeToLiveWhatItCannotGiveBack() {
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, Held.request("l"));
    Held.granted(holder);
    served.node.feel(Mood.ALONE);
    holder.cancel();
    Held.until(() -> served.services.openHolds() == 0);
    assertThat(served.services.holdsToEnd()).isEqualTo(1);

    Held.until(() -> served.services.holdsToEnd() == 0);
    assertThat(isFree()).as("nothing ended it here").isFalse();
  }

  @Test
  void givesAllBackBeforeTheSidecarStops() {
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, "l");
    Held.granted(holder);
    Taker<HoldRequest, HoldEvent> waiter = Held.hold(served, "l");
    assertThat(waiter.next().hasWaiting()).isTrue();

    served.services.close();

    assertThat(isFree()).as("before close returns").isTrue();
    assertThat(served.node.state().sessionCount()).isEqualTo(1);
    assertThat(Held.lost(holder)).isEqualTo(Reason.REASON_SHUTTING_DOWN);
    HoldEvent last = waiter.next();
    // It may have got the lock for a moment.
    while (!last.hasLost()) {
      last = waiter.next();
    }
    assertThat(last.getLost().getReason()).isEqualTo(Reason.REASON_SHUTTING_DOWN);
    assertThat(Held.hold(served, "l").refused().reason())
        .isEqualTo(io.synod.v1.Reason.SHUTTING_DOWN);
  }

  @Test
  void givesBackWhatIsGrantedWhileTheSidecarStops() throws Exception {
    served.node.feel(Mood.SLOW);
    Taker<HoldRequest, HoldEvent> holder = Held.hold(served, "l");
    Held.until(() -> served.node.heldCount() == 1);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(served.services::close);
    assertThat(Held.lost(holder)).isEqualTo(Reason.REASON_SHUTTING_DOWN);
    assertThat(closing).isNotDone();
    served.node.feel(Mood.WELL);

    served.node.release();

    closing.get(20, TimeUnit.SECONDS);
    assertThat(isFree()).isTrue();
    assertThat(served.node.log.appliedIndex()).as("opened and closed").isEqualTo(3);
  }

  @Test
  void isGrantedWhileAsManyWatchesAreOpenAsMayBe() {
    assertThat(Watcher.open(served, Watcher.from(1)).next().hasStarted()).isTrue();
    assertThat(Watcher.open(served, Watcher.from(1)).refused().reason())
        .isEqualTo(io.synod.v1.Reason.OVERLOADED);

    assertThat(Held.granted(Held.hold(served, "l")).getFencingToken()).isPositive();
  }

  @Test
  void refusesOneHoldTooManyWithoutProposingIt() {
    for (int i = 0; i < 3; i++) {
      Held.granted(Held.hold(served, "lock " + i));
    }

    assertThat(Held.hold(served, "l").refused().reason()).isEqualTo(io.synod.v1.Reason.OVERLOADED);
    assertThat(isFree()).isTrue();
  }
}
