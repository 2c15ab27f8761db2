package io.synod.api;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.synod.api.call.ServerIdentity;
import io.synod.api.server.ApiLimits;
import io.synod.api.server.ApiServices;
import io.synod.v1.LogGrpc;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/** The services over a node in memory, and a channel to them, without a network. */
public final class TestServer implements AutoCloseable {
  public final MemoryNode node = new MemoryNode();

  /** How each call ended, such as "Propose OK". */
  public final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

  public final ApiServices services;
  public final ManagedChannel channel;
  private final Server server;

  public TestServer(ApiLimits limits) throws IOException {
    services =
        new ApiServices(
            limits,
            node.node(),
            new ServerIdentity("town", "1.2.3"),
            (method, code, nanos) ->
                ended.add(method.substring(method.indexOf('/') + 1) + " " + code));
    String name = InProcessServerBuilder.generateName();
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
    services.addTo(builder);
    server = builder.build().start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  public TestServer() throws IOException {
    this(ApiLimits.defaults());
  }

  public LogGrpc.LogBlockingStub log() {
    return LogGrpc.newBlockingStub(channel);
  }

  /** The full names of methods that begin with this prefix. */
  public Set<String> methods(String prefix) {
    return server.getServices().stream()
        .flatMap(service -> service.getMethods().stream())
        .map(method -> method.getMethodDescriptor().getFullMethodName())
        .filter(name -> name.startsWith(prefix))
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    services.close();
    node.close();
  }
}
