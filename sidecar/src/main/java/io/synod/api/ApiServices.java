package io.synod.api;

import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.synod.runtime.Node;
import io.synod.v1.AdminGrpc;
import io.synod.v1.InspectGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.SessionsGrpc;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The services over one node, apart from what carries them. Any thread may call any method. Calls
 * may come in on event loops: no method of a service blocks.
 */
final class ApiServices implements AutoCloseable {
  private final Health health = new Health();
  private final Gate gate;
  private final Workers workers;
  private final Cursors watches;
  private final Cursors traces;
  private final Cursors keeping;
  private final Node node;
  private final Identity identity;
  private final ApiLimits limits;

  ApiServices(ApiLimits limits, Node node, Identity identity, CallObserver observer) {
    this.limits = limits;
    this.node = node;
    this.identity = identity;
    this.gate = new Gate(observer);
    this.workers = new Workers(limits.readsMax());
    this.watches =
        new Cursors("watches", limits.watchesMax(), workers.pumps(), node.feed()::onAdvance);
    this.traces =
        new Cursors("trace streams", limits.tracesMax(), workers.pumps(), node.trace()::onRecord);
    // What they wait for is told to each by the keeper.
    this.keeping =
        new Cursors("keep streams", limits.watchesMax(), workers.pumps(), wake -> () -> {});
  }

  /** Puts all of them on a server. */
  void addTo(ServerBuilder<?> server) {
    Infos infos = new Infos(node, identity);
    Quota.Max quotas = new Quota.Max(limits.stateBytesMax(), limits.diskBytesMax());
    Quota quota = new Quota(node, infos, quotas);
    Proposals proposals = new Proposals(node, infos, quota, limits.commandBytesMax());
    KvWatches kvWatches = new KvWatches(node, watches, workers, limits.initialStatePatience());
    server
        .directExecutor()
        .maxInboundMessageSize(limits.messageBytesMax())
        .addService(Unparsed.behind(gate, new LogService(node, infos, proposals, watches, workers)))
        .addService(
            Unparsed.behind(gate, new KvService(node, infos, proposals, kvWatches, workers)))
        .addService(
            Unparsed.behind(gate, new SessionsService(node, infos, proposals, keeping, workers)))
        .addService(Unparsed.behind(gate, new InspectService(node, infos, traces, workers)))
        .addService(Unparsed.behind(gate, new AdminService(node, infos, identity, quota)))
        .addService(health.service())
        .addService(ProtoReflectionServiceV1.newInstance());
  }

  /** Those that the gate stands before. */
  static Set<String> methods() {
    return Stream.of(
            LogGrpc.getServiceDescriptor(),
            SessionsGrpc.getServiceDescriptor(),
            InspectGrpc.getServiceDescriptor(),
            AdminGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream())
        .map(MethodDescriptor::getFullMethodName)
        .collect(Collectors.toUnmodifiableSet());
  }

  Health health() {
    return health;
  }

  int openWatches() {
    return watches.size();
  }

  /** Refuses new calls and ends all streams; calls under way still get their answers. */
  void drain() {
    health.ready(false);
    gate.close();
    watches.close();
    traces.close();
    keeping.close();
  }

  /** Ends the threads. */
  @Override
  public void close() {
    drain();
    workers.close();
  }
}
