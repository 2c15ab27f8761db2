package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.NodeCondition;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
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
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private LocksGrpc.LocksBlockingStub locks() {
    return LocksGrpc.newBlockingStub(server.channel);
  }

  private Holder holder() {
    return locks().getHolder(GetHolderRequest.newBuilder().setName("l").build());
  }

  private long release(ReleaseRequest.Builder request) {
    return locks().release(request.setName("l").build()).getReleasedToken();
  }

  private StreamCollector<ObserveHolderRequest, Holder> observe() {
    StreamCollector<ObserveHolderRequest, Holder> collector = new StreamCollector<>();
    LocksGrpc.newStub(server.channel)
        .observeHolder(ObserveHolderRequest.newBuilder().setName("l").build(), collector);
    return collector;
  }

  @Test
  void tellsWhoHoldsAndForHowLongIfItIsHeldHere() {
    assertThat(holder().getHeld()).isFalse();
    StreamCollector<HoldRequest, HoldEvent> here = TestHolds.hold(server, "l");
    long token = TestHolds.granted(here).getFencingToken();
    TestHolds.elsewhere(server.node, "l");

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
    TestHolds.elsewhere(server.node, "l");

    assertThat(holder().getNodeId()).isEqualTo("2");
    assertThat(holder().hasValidFor()).isFalse();
  }

  @Test
  void answersAtTheLevelThatIsAskedFor() {
    TestHolds.elsewhere(server.node, "l");
    server.node.feel(NodeCondition.ALONE);

    assertThat(CallError.by(this::holder).reason()).isEqualTo(Reason.NO_QUORUM);
    GetHolderRequest local =
        GetHolderRequest.newBuilder()
            .setName("l")
            .setOptions(ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_LOCAL))
            .build();
    assertThat(locks().getHolder(local).getHeld()).isTrue();
  }

  @Test
  void followsTheHolderAndNotTheQueue() {
    StreamCollector<ObserveHolderRequest, Holder> observer = observe();
    assertThat(observer.next().getHeld()).isFalse();
    long first = TestHolds.elsewhere(server.node, "l");
    assertThat(observer.next().getFencingToken()).isEqualTo(first);

    long second = TestHolds.elsewhere(server.node, "l");
    long third = TestHolds.elsewhere(server.node, "l");
    TestHolds.close(server.node, third);
    TestHolds.close(server.node, first);

    Holder next = observer.next();
    assertThat(next.getFencingToken()).isEqualTo(server.node.log.appliedIndex());
    assertThat(next.getInfo().getAppliedIndex()).isEqualTo(server.node.log.appliedIndex());
    TestHolds.close(server.node, second);
    assertThat(observer.next().getHeld()).isFalse();
  }

  @Test
  void endsObservingWhenTheSidecarStops() {
    StreamCollector<ObserveHolderRequest, Holder> observer = observe();
    observer.next();

    server.services.drain();

    assertThat(observer.callError().reason()).isEqualTo(Reason.SHUTTING_DOWN);
  }

  @Test
  void releasesWhatIsHeldUnderThatTokenOnly() {
    long token = TestHolds.elsewhere(server.node, "l");

    CallError callError =
        CallError.by(() -> release(ReleaseRequest.newBuilder().setFencingToken(token + 1)));
    assertThat(callError.code()).isEqualTo(Code.ABORTED);
    assertThat(callError.reason()).isEqualTo(Reason.CONDITION_FAILED);
    assertThat(holder().getHeld()).isTrue();

    assertThat(release(ReleaseRequest.newBuilder().setFencingToken(token))).isEqualTo(token);
    assertThat(holder().getHeld()).isFalse();
    assertThat(
            CallError.by(() -> release(ReleaseRequest.newBuilder().setFencingToken(token)))
                .reason())
        .isEqualTo(Reason.CONDITION_FAILED);
  }

  @Test
  void releasesWhoeverHoldsByForce() {
    assertThat(release(ReleaseRequest.newBuilder().setForce(true))).isZero();
    long token = TestHolds.elsewhere(server.node, "l");

    assertThat(release(ReleaseRequest.newBuilder().setForce(true))).isEqualTo(token);
  }
}
