package io.synod.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.synod.peer.v1.PeerGrpc;
import io.synod.peer.v1.SendSummary;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** A client that sends raw bytes as frames over one stream, and records its end. */
final class RawPeer extends ClientCall.Listener<SendSummary> implements AutoCloseable {
  final CompletableFuture<Status> end = new CompletableFuture<>();
  private final ManagedChannel channel;
  private final ClientCall<byte[], SendSummary> call;

  RawPeer(int port, Metadata headers, CallOptions options) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    call =
        channel.newCall(
            PeerGrpc.getSendMethod().toBuilder(
                    new RawMarshaller(), PeerGrpc.getSendMethod().getResponseMarshaller())
                .build(),
            options.withWaitForReady());
    call.start(this, headers);
    call.request(10);
  }

  /** One that behaves, so far, as node 2 that calls node 1. */
  static RawPeer asPeer(int port) {
    Handshake handshake = new Handshake(TestPeer.CLUSTER, 2, 1, 5, 1, new PeerStanding(0, false));
    return new RawPeer(port, handshake.headers(), CallOptions.DEFAULT);
  }

  RawPeer send(byte[] frame) {
    call.sendMessage(frame);
    return this;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    end.complete(status);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static final class RawMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] frame) {
      return new ByteArrayInputStream(frame);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("only sends");
    }
  }
}
