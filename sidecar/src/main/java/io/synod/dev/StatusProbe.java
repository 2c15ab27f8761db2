package io.synod.dev;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.Endpoint;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of one sidecar's API. */
final class StatusProbe implements AutoCloseable {
  private static final long STATUS_MILLIS = 1_000;
  private static final long PROPOSE_MILLIS = 10_000;

  private final ManagedChannel channel;

  StatusProbe(int port) {
    channel = Endpoint.parse("127.0.0.1:" + port).channel().build();
  }

  /** The status of the sidecar; null if it does not answer. */
  @Nullable Status status() {
    // A sidecar that was just started must not wait for the channel's back-off.
    channel.resetConnectBackoff();
    try {
      return AdminGrpc.newBlockingStub(channel)
          .withDeadlineAfter(STATUS_MILLIS, TimeUnit.MILLISECONDS)
          .getStatus(GetStatusRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      return null;
    }
  }

  /** Proposes a line of text; throws the sidecar's error. */
  ProposeResponse propose(String text) {
    return LogGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PROPOSE_MILLIS, TimeUnit.MILLISECONDS)
        .propose(
            ProposeRequest.newBuilder()
                .setCommand(ByteString.copyFromUtf8(text))
                .setContentType("text/plain")
                .build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
