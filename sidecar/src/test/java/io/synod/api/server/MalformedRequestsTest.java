package io.synod.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.RawBytes;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
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

/** Streams of clients that begin with a valid message and continue with malformed ones. */
@Timeout(30)
final class MalformedRequestsTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer(new ApiLimits(1 << 20, 1, 1, 10, 100));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private StreamObserver<byte[]> open(
      MethodDescriptor<?, ?> method, StreamCollector<byte[], byte[]> collector) {
    return ClientCalls.asyncBidiStreamingCall(
        server.channel.newCall(RawBytes.method(method), CallOptions.DEFAULT), collector);
  }

  private static void isMalformed(StreamCollector<byte[], byte[]> collector) {
    CallError callError = collector.callError();
    assertThat(callError.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.metadata("field")).isEqualTo("request");
  }

  @Test
  void keepsNoSessionForAStreamThatEndedSo() {
    String session =
        SessionsGrpc.newBlockingStub(server.channel)
            .openSession(OpenSessionRequest.newBuilder().setTtl(Durations.fromSeconds(60)).build())
            .getSessionId();
    byte[] name = KeepSessionRequest.newBuilder().setSessionId(session).build().toByteArray();
    int before = server.node.log.subscriptions();

    StreamCollector<byte[], byte[]> collector = new StreamCollector<>();
    StreamObserver<byte[]> names = open(SessionsGrpc.getKeepSessionsMethod(), collector);
    names.onNext(name);
    assertThat(collector.next()).isNotEmpty();
    assertThat(server.node.log.subscriptions()).isGreaterThan(before);

    names.onNext(RawBytes.junk());

    isMalformed(collector);
    TestHolds.until(() -> server.node.log.subscriptions() == before);
    assertThat(server.ended).contains("KeepSessions INVALID_ARGUMENT");
    StreamCollector<byte[], byte[]> another = new StreamCollector<>();
    open(SessionsGrpc.getKeepSessionsMethod(), another).onNext(name);
    assertThat(another.next()).as("of the one stream there may be").isNotEmpty();
  }

  private StreamCollector<byte[], byte[]> upload(byte[]... parts) {
    StreamCollector<byte[], byte[]> collector = new StreamCollector<>();
    StreamObserver<byte[]> out = open(LogGrpc.getPutSnapshotMethod(), collector);
    for (byte[] part : parts) {
      out.onNext(part);
    }
    return collector;
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

    isMalformed(upload(header, RawBytes.junk()));

    TestHolds.until(() -> server.node.blobs.staged.get() == 0);
    upload(header);
    TestHolds.until(() -> server.node.blobs.staged.get() == 1);
  }
}
