package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.Status.Code;
import io.synod.api.Held;
import io.synod.api.Mood;
import io.synod.api.Refused;
import io.synod.api.Served;
import io.synod.api.Taker;
import io.synod.v1.GetHolderRequest;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.Holder;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ObserveHolderRequest;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.Reason;
import io.synod.v1.ReleaseRequest;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class HolderTest {
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = new Served();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private LocksGrpc.LocksBlockingStub locks() {
    return LocksGrpc.newBlockingStub(served.channel);
  }

  private Holder holder() {
    return locks().getHolder(GetHolderRequest.newBuilder().setName("l").build());
  }

  private long release(ReleaseRequest.Builder request) {
    return locks().release(request.setName("l").build()).getReleasedToken();
  }

  private Taker<ObserveHolderRequest, Holder> observe() {
    Taker<ObserveHolderRequest, Holder> taker = new Taker<>();
    LocksGrpc.newStub(served.channel)
        .observeHolder(ObserveHolderRequest.newBuilder().setName("l").build(), taker);
    return taker;
  }

  @Test
  void tellsWhoHoldsAndForHowLongIfItIsHeldHere() {
    assertThat(holder().getHeld()).isFalse();
    Taker<HoldRequest, HoldEvent> here = Held.hold(served, "l");
    long token = Held.granted(here).getFencingToken();
    Held.elsewhere(served.node, "l");

    Holder holder = holder();

    assertThat(holder.getHeld()).isTrue();
    assertThat(holder.getFencingToken()).isEqualTo(token);
    assertThat(holder.getNodeId()).isEqualTo("1");
    assertThat(holder.getValue().toStringUtf8()).isEqualTo("at l");
    assertThat(Timestamps.toMillis(holder.getSince())).isEqualTo(token * 1_000);
    assertThat(Durations.toNanos(holder.getValidFor())).isBetween(1L, 9_800_000_000L);
    assertThat(holder.getWaiting()).isEqualTo(1);
    assertThat(holder.getInfo().getEffectiveLevel()).isEqualTo(ReadLevel.READ_LEVEL_STRONG);
    assertThat(holder.getInfo().getAppliedIndex()).isEqualTo(3);
  }

  @Test
  void doesNotGuessHowLongAHoldElsewhereIsGood() {
    Held.elsewhere(served.node, "l");

    assertThat(holder().getNodeId()).isEqualTo("2");
    assertThat(holder().hasValidFor()).isFalse();
  }

  @Test
  void answersAtTheLevelThatIsAskedFor() {
    Held.elsewhere(served.node, "l");
    served.node.feel(Mood.ALONE);

    assertThat(Refused.by(this::holder).reason()).isEqualTo(Reason.NO_QUORUM);
    GetHolderRequest local =
        GetHolderRequest.newBuilder()
            .setName("l")
            .setOptions(ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_LOCAL))
            .build();
    assertThat(locks().getHolder(local).getHeld()).isTrue();
  }

  @Test
  void followsTheHolderAndNotTheQueue() {
    Taker<ObserveHolderRequest, Holder> observer = observe();
    assertThat(observer.next().getHeld()).isFalse();
    long first = Held.elsewhere(served.node, "l");
    assertThat(observer.next().getFencingToken()).isEqualTo(first);

    long second = Held.elsewhere(served.node, "l");
    long third = Held.elsewhere(served.node, "l");
    Held.close(served.node, third);
    Held.close(served.node, first);

    Holder next = observer.next();
    assertThat(next.getFencingToken()).isEqualTo(served.node.log.appliedIndex());
    assertThat(next.getInfo().getAppliedIndex()).isEqualTo(served.node.log.appliedIndex());
    Held.close(served.node, second);
    assertThat(observer.next().getHeld()).isFalse();
  }

  @Test
  void endsObservingWhenTheSidecarStops() {
    Taker<ObserveHolderRequest, Holder> observer = observe();
    observer.next();

    served.services.drain();

    assertThat(observer.refused().reason()).isEqualTo(Reason.SHUTTING_DOWN);
  }

  @Test
  void releasesWhatIsHeldUnderThatTokenOnly() {
    long token = Held.elsewhere(served.node, "l");

    Refused refused =
        Refused.by(() -> release(ReleaseRequest.newBuilder().setFencingToken(token + 1)));
    assertThat(refused.code()).isEqualTo(Code.ABORTED);
    assertThat(refused.reason()).isEqualTo(Reason.CONDITION_FAILED);
    assertThat(holder().getHeld()).isTrue();

    assertThat(release(ReleaseRequest.newBuilder().setFencingToken(token))).isEqualTo(token);
    assertThat(holder().getHeld()).isFalse();
    assertThat(
            Refused.by(() -> release(ReleaseRequest.newBuilder().setFencingToken(token))).reason())
        .isEqualTo(Reason.CONDITION_FAILED);
  }

  @Test
  void releasesWhoeverHoldsByForce() {
    assertThat(release(ReleaseRequest.newBuilder().setForce(true))).isZero();
    long token = Held.elsewhere(served.node, "l");

    assertThat(release(ReleaseRequest.newBuilder().setForce(true))).isEqualTo(token);
  }
}
