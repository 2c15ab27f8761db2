package io.synod.api.server;

import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.synod.api.call.Proposals;
import io.synod.api.call.Quota;
import io.synod.api.call.ResponseInfos;
import io.synod.api.call.ServerIdentity;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StateWaits;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.WorkerThreads;
import io.synod.api.inspect.AdminService;
import io.synod.api.inspect.Alarms;
import io.synod.api.inspect.BackupCalls;
import io.synod.api.inspect.InspectService;
import io.synod.api.kv.KvService;
import io.synod.api.kv.KvWatches;
import io.synod.api.lock.LocksService;
import io.synod.api.lock.SessionsService;
import io.synod.api.log.ConsumerCalls;
import io.synod.api.log.LogService;
import io.synod.api.log.SnapshotCalls;
import io.synod.runtime.node.Node;
import io.synod.v1.AdminGrpc;
import io.synod.v1.InspectGrpc;
import io.synod.v1.KVGrpc;
import io.synod.v1.LocksGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.SessionsGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The services of one node, independent of the transport. Any thread may call any method. Calls may
 * arrive on event loops, so no method of a service blocks.
 */
public final class ApiServices implements AutoCloseable {
  private static final int DOWNLOADS_MAX = 16;

  /** Each keeps an old state in memory until it has been sent. */
  private static final int BACKUPS_MAX = 2;

  /** How long a stop waits for holds to be released; after that they expire. */
  private static final Duration GIVE_BACK = Duration.ofSeconds(2);

  private final Health health = new Health();
  private final ResponseBacklog responseBacklog;
  private final CallInterceptor interceptor;
  private final WorkerThreads workers;
  private final StreamCursors watches;
  private final StreamCursors traces;
  private final StreamCursors keeping;
  private final StreamCursors holds;
  private final StreamCursors downloads;
  private final StreamCursors backups;
  private final StateWaits waits;
  private final ServiceContext context;
  private final Node node;
  private final ServerIdentity identity;
  private final ApiLimits limits;
  private volatile Supplier<List<String>> moreAlarms = List::of;

  public ApiServices(ApiLimits limits, Node node, ServerIdentity identity, CallObserver observer) {
    this.limits = limits;
    this.node = node;
    this.identity = identity;
    this.responseBacklog = new ResponseBacklog(limits.unreadBytesMax());
    this.interceptor = new CallInterceptor(observer, responseBacklog);
    this.workers = new WorkerThreads(limits.readsMax());
    this.watches =
        new StreamCursors(
            "watches", limits.watchesMax(), workers.pumps(), node.appliedLog()::follow);
    this.holds =
        new StreamCursors("holds", limits.holdsMax(), workers.pumps(), node.appliedLog()::follow);
    this.downloads =
        new StreamCursors("snapshots", DOWNLOADS_MAX, workers.pumps(), node.appliedLog()::follow);
    this.backups =
        new StreamCursors("backups", BACKUPS_MAX, workers.pumps(), node.appliedLog()::follow);
    this.waits = new StateWaits(node.reads(), node.appliedLog(), workers);
    this.context =
        new ServiceContext(
            node, new ResponseInfos(node.inspection(), node.appliedLog(), identity), workers);
    this.traces =
        new StreamCursors(
            "trace streams",
            limits.tracesMax(),
            workers.pumps(),
            (wake, none) -> node.inspection().eventLog().onRecord(wake));
    // Each stream is signalled by the sessions that it keeps.
    this.keeping =
        new StreamCursors(
            "keep streams", limits.watchesMax(), workers.pumps(), (wake, none) -> () -> {});
  }

  /** Adds all services to a server. */
  public void addTo(ServerBuilder<?> server) {
    ResponseInfos infos = context.infos();
    Quota.Max quotas = new Quota.Max(limits.stateBytesMax(), limits.diskBytesMax());
    Quota quota = new Quota(node.reads(), infos, quotas);
    Proposals proposals =
        new Proposals(node.proposer(), node.reads(), infos, quota, limits.commandBytesMax());
    KvWatches kvWatches = new KvWatches(node, watches, workers, limits.initialStatePatience());
    long lapse = limits.consumerLapseMillis();
    ConsumerCalls consumers = new ConsumerCalls(context, waits, lapse);
    SnapshotCalls snapshots = new SnapshotCalls(context, waits, downloads, quota, lapse);
    Alarms alarms = new Alarms(quota, lapse, () -> moreAlarms.get());
    server
        .directExecutor()
        .maxInboundMessageSize(limits.messageBytesMax())
        .addService(
            RawRequests.behind(
                interceptor, new LogService(context, proposals, watches, consumers, snapshots)))
        .addService(
            RawRequests.behind(
                interceptor, new KvService(node, infos, proposals, kvWatches, workers)))
        .addService(
            RawRequests.behind(interceptor, new LocksService(context, proposals, holds, watches)))
        .addService(
            RawRequests.behind(
                interceptor, new SessionsService(node, infos, proposals, keeping, workers)))
        .addService(
            RawRequests.behind(
                interceptor,
                new InspectService(node.inspection(), node.appliedLog(), infos, traces, workers)))
        .addService(
            RawRequests.behind(
                interceptor,
                new AdminService(
                    context, identity, quota, alarms, new BackupCalls(context, backups, identity))))
        .addService(health.service())
        .addService(ProtoReflectionServiceV1.newInstance());
  }

  /** The methods that pass the interceptor. */
  static Set<String> methods() {
    return Stream.of(
            LogGrpc.getServiceDescriptor(),
            KVGrpc.getServiceDescriptor(),
            LocksGrpc.getServiceDescriptor(),
            SessionsGrpc.getServiceDescriptor(),
            InspectGrpc.getServiceDescriptor(),
            AdminGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream())
        .map(MethodDescriptor::getFullMethodName)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Adds further alarms, from now on. */
  void alarming(Supplier<List<String>> more) {
    moreAlarms = more;
  }

  Health health() {
    return health;
  }

  public int openWatches() {
    return watches.size();
  }

  /** The size of the responses that clients have not read yet. */
  long unreadBytes() {
    return responseBacklog.bytes();
  }

  public int openHolds() {
    return holds.size();
  }

  public int openDownloads() {
    return downloads.size();
  }

  /** How many calls wait for a state, and how many timers are scheduled. */
  public int waiting() {
    return waits.size() + workers.scheduled();
  }

  /** How many holds have sessions that are not known to be closed. */
  public int holdsToEnd() {
    return node.lockHolds().unfinished();
  }

  /** Refuses new calls and ends all streams; calls in flight still get their answers. */
  public void drain() {
    health.ready(false);
    interceptor.close();
    watches.close();
    traces.close();
    keeping.close();
    holds.close();
    downloads.close();
    backups.close();
    waits.close();
  }

  /** How long from now a session that this sidecar renews surely holds its lock; otherwise 0. */
  long heldNanos(long session) {
    return node.lockHolds().validNanos(session);
  }

  /** Waits until the holds here are released, and ends the threads. */
  @Override
  public void close() {
    drain();
    awaitGivenBack();
    workers.close();
  }

  private void awaitGivenBack() {
    try {
      node.lockHolds().whenAllOver().get(GIVE_BACK.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException left) {
      // The holds that are left expire.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
