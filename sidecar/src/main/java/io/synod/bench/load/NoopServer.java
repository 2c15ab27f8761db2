package io.synod.bench.load;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.synod.cli.shared.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Answers each call at once with nothing, in this process. */
public final class NoopServer implements AutoCloseable {
  private static final byte[] NOTHING = new byte[0];

  private final Server server;

  public NoopServer() throws IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("noop.Noop")
            .addMethod(
                BenchTarget.NOOP.method(BenchOperation.PROPOSE),
                ServerCalls.asyncUnaryCall(
                    (request, observer) -> {
                      observer.onNext(NOTHING);
                      observer.onCompleted();
                    }))
            .build();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        NettyServerBuilder.forAddress(any).directExecutor().addService(service).build().start();
  }

  public Endpoint endpoint() {
    return Endpoint.parse("127.0.0.1:" + server.getPort());
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
