package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.StreamCollector;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.node.Outcome;
import io.synod.v1.AdminGrpc;
import io.synod.v1.DeleteRequest;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.HoldRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.LocksGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.Op;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.PutRequest;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.SnapshotInfo;
import io.synod.v1.Status;
import io.synod.v1.TxnRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class QuotaTest {
  private static final long STATE_MAX = 100_000;
  private static final long DISK_MAX = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer(ApiLimits.defaults().withQuotas(STATE_MAX, DISK_MAX));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(server.channel);
  }

  private static PutRequest put(String key, int bytes) {
    return PutRequest.newBuilder()
        .setKey(key)
        .setValue(ByteString.copyFrom(new byte[bytes]))
        .build();
  }

  private Status status() {
    return AdminGrpc.newBlockingStub(server.channel)
        .getStatus(GetStatusRequest.getDefaultInstance());
  }

  private List<ThrowingCallable> adding() {
    Op add = Op.newBuilder().setPut(Op.PutOp.newBuilder().setKey("b")).build();
    return List.of(
        () -> kv().put(put("b", 1)),
        () -> kv().txn(TxnRequest.newBuilder().addSuccess(add).build()),
        () -> kv().txn(TxnRequest.newBuilder().addFailure(add).build()),
        () -> server.log().propose(ProposeRequest.getDefaultInstance()),
        () ->
            LocksGrpc.newBlockingStub(server.channel)
                .hold(HoldRequest.newBuilder().setName("l").build())
                .next(),
        () ->
            SessionsGrpc.newBlockingStub(server.channel)
                .openSession(OpenSessionRequest.getDefaultInstance()));
  }

  @Test
  void refusesWhatAddsWhileTheStateIsFullAndLetsItBeEmptied() {
    assertThat(kv().put(put("a", (int) STATE_MAX)).hasKv()).isTrue();
    long index = server.node.log.appliedIndex();

    for (ThrowingCallable call : adding()) {
      CallError callError = CallError.by(call);
      assertThat(callError.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(callError.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
      assertThat(callError.metadata("quota")).isEqualTo("state");
      assertThat(callError.metadata("bytes_max")).isEqualTo("" + STATE_MAX);
      assertThat(Long.parseLong(callError.metadata("bytes"))).isGreaterThan(STATE_MAX);
      assertThat(Durations.toMillis(callError.detail(RetryInfo.class).getRetryDelay()))
          .isPositive();
    }
    assertThat(server.node.log.appliedIndex()).isEqualTo(index);
    assertThat(status().getAlarmsList()).containsExactly("state_quota");

    String session =
        Long.toString(server.node.openSession("s", PATIENCE).thenApply(QuotaTest::index).join());
    DeleteRequest.Builder delete = DeleteRequest.newBuilder().setKey("a");
    SessionSequence.Builder place = SessionSequence.newBuilder().setSessionId(session);
    assertThat(kv().delete(delete.setSessionSequence(place.setSequence(1)).build()).hasPrevious())
        .isTrue();
    // The remembered answer, with the previous value, counts until it is acknowledged.
    assertThat(status().getAlarmsList()).containsExactly("state_quota");
    place.setSequence(2).setAckedBelow(2);
    assertThat(kv().delete(delete.setSessionSequence(place).build()).hasPrevious()).isFalse();
    assertThat(status().getAlarmsList()).isEmpty();
    assertThat(kv().put(put("b", 1)).hasKv()).isTrue();
  }

  private static long index(Outcome outcome) {
    return ((Outcome.Applied) outcome).index();
  }

  @Test
  void refusesWhatAddsWhileTheDiskIsFull() {
    assertThat(kv().put(put("a", 10)).hasKv()).isTrue();
    server.node.fill(DISK_MAX);
    pass();

    for (ThrowingCallable call : adding()) {
      assertThat(CallError.by(call).metadata("quota")).isEqualTo("disk");
    }
    assertThat(status().getAlarmsList()).containsExactly("disk_quota");
    assertThat(kv().delete(DeleteRequest.newBuilder().setKey("a").build()).hasPrevious()).isTrue();

    server.node.fill(DISK_MAX - 1);
    pass();
    assertThat(kv().put(put("a", 10)).hasKv()).isTrue();
    assertThat(status().getAlarmsList()).isEmpty();
  }

  private CallError upload(long bytes) {
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> collector = new StreamCollector<>();
    SnapshotInfo.Builder info =
        SnapshotInfo.newBuilder()
            .setIndex(1)
            .setSizeBytes(bytes)
            .setSha256(ByteString.copyFrom(new byte[32]));
    StreamObserver<PutSnapshotRequest> parts =
        LogGrpc.newStub(server.channel).putSnapshot(collector);
    parts.onNext(
        PutSnapshotRequest.newBuilder()
            .setHeader(PutSnapshotRequest.Header.newBuilder().setConsumer("c").setSnapshot(info))
            .build());
    parts.onCompleted();
    return collector.callError();
  }

  @Test
  void refusesASnapshotThatDoesNotFitOnTheDisk() {
    server.node.fill(1_000);
    pass();

    for (long bytes : new long[] {DISK_MAX - 999, Long.MAX_VALUE}) {
      CallError callError = upload(bytes);
      assertThat(callError.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
      assertThat(callError.metadata("quota")).isEqualTo("disk");
      assertThat(callError.metadata("bytes")).isEqualTo("1000");
      assertThat(callError.detail(RetryInfo.class).hasRetryDelay()).isTrue();
    }
    assertThat(server.node.blobs.staged).hasValue(0);
    // The upload is admitted, and its chunks are missing.
    assertThat(upload(DISK_MAX - 1_000).reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    server.node.fill(2 * DISK_MAX);
    pass();
    assertThat(upload(DISK_MAX / 16 + 1).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
    assertThat(upload(DISK_MAX / 16).reason()).isEqualTo(Reason.DIGEST_MISMATCH);
  }

  /** Waits until the cached status of the disk is outdated. */
  private static void pass() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
  }

  @Test
  void tellsTheSizeOfTheStateAndItsLimits() {
    assertThat(kv().put(put("a", 1_000)).hasKv()).isTrue();

    Status.StateSize size = status().getState();

    assertThat(size.getKeys()).isEqualTo(1);
    assertThat(size.getBytes()).isBetween(1_000L, 5_000L);
    assertThat(size.getBytesMax()).isEqualTo(STATE_MAX);
    assertThat(size.getDiskBytesMax()).isEqualTo(DISK_MAX);
    assertThat(size.getSessions()).isEqualTo(1);
    assertThat(size.getLocks()).isZero();
    assertThat(size.getConsumers()).isZero();
  }
}
