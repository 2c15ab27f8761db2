package io.synod.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.synod.api.Held;
import io.synod.api.Raw;
import io.synod.api.Refused;
import io.synod.api.Served;
import io.synod.api.Taker;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.Reason;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.SnapshotInfo;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of callers that begin well and go on with bytes that are no message. */
@Timeout(30)
final class MalformedTest {
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = new Served(new ApiLimits(1 << 20, 1, 1, 10, 100));
  }

  @AfterEach
  void close() {
    served.close();
  }

  private StreamObserver<byte[]> open(MethodDescriptor<?, ?> method, Taker<byte[], byte[]> taker) {
    return ClientCalls.asyncBidiStreamingCall(
        served.channel.newCall(Raw.method(method), CallOptions.DEFAULT), taker);
  }

  private static void isMalformed(Taker<byte[], byte[]> taker) {
    Refused refused = taker.refused();
    assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refused.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(refused.metadata("field")).isEqualTo("request");
  }

  @Test
  void keepsNoSessionForAStreamThatEndedSo() {
    String session =
        SessionsGrpc.newBlockingStub(served.channel)
            .openSession(OpenSessionRequest.newBuilder().setTtl(Durations.fromSeconds(60)).build())
            .getSessionId();
    byte[] name = KeepSessionRequest.newBuilder().setSessionId(session).build().toByteArray();
    int before = served.node.log.subscriptions();

    Taker<byte[], byte[]> taker = new Taker<>();
    StreamObserver<byte[]> names = open(SessionsGrpc.getKeepSessionsMethod(), taker);
    names.onNext(name);
    assertThat(taker.next()).isNotEmpty();
    assertThat(served.node.log.subscriptions()).isGreaterThan(before);

    names.onNext(Raw.junk());

    isMalformed(taker);
    Held.until(() -> served.node.log.subscriptions() == before);
    assertThat(served.ended).contains("KeepSessions INVALID_ARGUMENT");
    Taker<byte[], byte[]> another = new Taker<>();
    open(SessionsGrpc.getKeepSessionsMethod(), another).onNext(name);
    assertThat(another.next()).as("of the one stream there may be").isNotEmpty();
  }

  private Taker<byte[], byte[]> upload(byte[]... parts) {
    Taker<byte[], byte[]> taker = new Taker<>();
    StreamObserver<byte[]> out = open(LogGrpc.getPutSnapshotMethod(), taker);
    for (byte[] part : parts) {
      out.onNext(part);
    }
    return taker;
  }

  @Test
  void keepsNoPlaceForAnUploadThatEndedSo() {
    SnapshotInfo info =
        SnapshotInfo.newBuilder()
            .setIndex(1)
            .setSizeBytes(3)
            .setSha256(ByteString.copyFrom(new byte[32]))
            .build();
    byte[] header =
        PutSnapshotRequest.newBuilder()
            .setHeader(PutSnapshotRequest.Header.newBuilder().setConsumer("c").setSnapshot(info))
            .build()
            .toByteArray();

    isMalformed(upload(header, Raw.junk()));

    Held.until(() -> served.node.blobs.staged.get() == 0);
    upload(header);
    Held.until(() -> served.node.blobs.staged.get() == 1);
  }
}
