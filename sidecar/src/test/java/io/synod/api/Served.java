package io.synod.api;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.synod.v1.LogGrpc;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/** The services over a node in memory, and a channel to them, without a network. */
final class Served implements AutoCloseable {
  final MemoryNode node = new MemoryNode();

  /** How each call ended, as "Propose OK". */
  final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

  final ApiServices services;
  final ManagedChannel channel;
  private final Server server;

  Served(ApiLimits limits) throws IOException {
    services =
        new ApiServices(
            limits,
            node,
            new Identity("town", "1.2.3"),
            (method, code, nanos) ->
                ended.add(method.substring(method.indexOf('/') + 1) + " " + code));
    String name = InProcessServerBuilder.generateName();
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
    services.addTo(builder);
    server = builder.build().start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  Served() throws IOException {
    this(ApiLimits.defaults());
  }

  LogGrpc.LogBlockingStub log() {
    return LogGrpc.newBlockingStub(channel);
  }

  /** The full names of the methods of services whose names begin so. */
  Set<String> methods(String prefix) {
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
