package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.synod.api.MemoryAppSnapshots;
import io.synod.api.SingleNode;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.BarrierRequest;
import io.synod.v1.GetHolderRequest;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.Holder;
import io.synod.v1.LocksGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.SnapshotInfo;
import java.nio.file.Path;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Locks and consumers over a real node: core, disk and socket. */
@Timeout(60)
@Tag("slow")
final class SingleNodeLockTest {
  @TempDir private Path folder;

  private SingleNode node;

  @BeforeEach
  void serve() throws Exception {
    node = new SingleNode(folder);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private StreamCollector<HoldRequest, HoldEvent> hold() {
    return TestHolds.hold(
        LocksGrpc.newStub(node.channel).withWaitForReady(),
        TestHolds.request("l").setTtl(Durations.fromSeconds(3)));
  }

  private Holder holder() {
    return LocksGrpc.newBlockingStub(node.channel)
        .getHolder(GetHolderRequest.newBuilder().setName("l").build());
  }

  @Test
  void holdsForLongerThanItsTimeAndPassesItOnAtOnce() {
    StreamCollector<HoldRequest, HoldEvent> first = hold();
    HoldEvent.Granted granted = TestHolds.granted(first);
    StreamCollector<HoldRequest, HoldEvent> second = hold();
    assertThat(second.next().getWaiting().getPosition()).isEqualTo(1);
    for (int i = 0; i < 5; i++) {
      HoldEvent next = first.next();
      assertThat(next.hasRenewed()).isTrue();
      assertThat(Durations.toMillis(next.getRenewed().getValidFor())).isBetween(600L, 2_880L);
    }
    assertThat(second.isQuiet()).isTrue();
    assertThat(holder().hasValidFor()).isTrue();

    long cancelled = System.nanoTime();
    first.cancel();

    long token = TestHolds.granted(second).getFencingToken();
    assertThat(System.nanoTime() - cancelled).isLessThan(2_700_000_000L);
    assertThat(token).isGreaterThan(granted.getFencingToken());
    assertThat(holder().getFencingToken()).isEqualTo(token);
  }

  @Test
  void givesBackWhatItHeldWhenItStops() throws Exception {
    TestHolds.granted(hold());
    node.close();

    node = new SingleNode(folder);

    StreamCollector<HoldRequest, HoldEvent> next = hold();
    // The grant does not wait for the time to live of the previous hold.
    assertThat(TestHolds.event(next).hasGranted()).isTrue();
  }

  @Test
  void takesAConsumersStateOverAndBack() throws Exception {
    LogGrpc.LogBlockingStub log = LogGrpc.newBlockingStub(node.channel).withWaitForReady();
    long index = log.propose(ProposeRequest.getDefaultInstance()).getIndex();
    log.ackApplied(AckAppliedRequest.newBuilder().setConsumer("c").setIndex(index).build());
    assertThat(log.barrier(BarrierRequest.newBuilder().setConsumer("c").build()).getIndex())
        .isEqualTo(index);
    ByteString bytes = ByteString.copyFrom(new byte[700_000]);
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> put = new StreamCollector<>();
    StreamObserver<PutSnapshotRequest> parts = LogGrpc.newStub(node.channel).putSnapshot(put);
    SnapshotInfo info =
        SnapshotInfo.newBuilder()
            .setIndex(index)
            .setSizeBytes(bytes.size())
            .setSha256(ByteString.copyFrom(MemoryAppSnapshots.sha256(bytes.toByteArray()).array()))
            .build();
    parts.onNext(
        PutSnapshotRequest.newBuilder()
            .setHeader(PutSnapshotRequest.Header.newBuilder().setConsumer("c").setSnapshot(info))
            .build());
    parts.onNext(PutSnapshotRequest.newBuilder().setChunk(bytes).build());
    parts.onCompleted();
    assertThat(put.next().getSnapshot().getIndex()).isEqualTo(index);

    Iterator<GetSnapshotResponse> back =
        log.getSnapshot(GetSnapshotRequest.newBuilder().setConsumer("c").build());
    assertThat(back.next().getSnapshot().getIndex()).isEqualTo(index);
    ByteString got = ByteString.EMPTY;
    while (back.hasNext()) {
      got = got.concat(back.next().getChunk());
    }
    assertThat(got).isEqualTo(bytes);
  }
}
