package io.synod.main;

import io.synod.api.server.ApiServer;
import io.synod.config.Config;
import io.synod.metrics.HealthChecks;
import io.synod.metrics.MetricSource;
import io.synod.metrics.Metrics;
import io.synod.metrics.NodeLabels;
import io.synod.metrics.PeerMetricSource;
import io.synod.metrics.http.HttpPort;
import io.synod.paxos.View;
import io.synod.paxos.value.Recovered;
import io.synod.runtime.engine.Engine;
import io.synod.runtime.engine.Inbox;
import io.synod.runtime.engine.Loop;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.NodePorts;
import io.synod.storage.directory.DataDirectory;
import io.synod.transport.GrpcPeers;
import io.synod.transport.PeerTraffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sidecar with all its parts. They are closed in the reverse order of opening, by one thread.
 */
final class Sidecar implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);
  private static final Duration STALL = Duration.ofSeconds(10);
  private static final long HEALTH_MILLIS = 250;
  private static final long END_SECONDS = 5;

  private final Config config;
  private final Clock clock = new SystemClock();
  private final HealthChecks health = new HealthChecks(clock, STALL);
  private final Metrics metrics;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Connections connections;
  private final HttpPort http;
  private final DataDirectory data;
  private final Node node;
  private final ApiServer api;

  /**
   * Opens all parts and starts.
   *
   * @param failure called, on any thread, with the reason why this sidecar must stop at once
   * @throws IOException if an address cannot be bound; the message is one line
   */
  Sidecar(Config config, Consumer<Throwable> failure) throws IOException {
    this.config = config;
    this.metrics = new Metrics(identity(config), clock, health);
    try {
      // Checked first: with too few descriptors, something opened later would fail.
      connections = new Connections(config);
      // Opened before the replay, so that monitoring shows a long replay.
      http =
          opened(
              AddressBinding.at(
                  "http", config.http(), at -> HttpPort.open(at, connections.http(), metrics)));
      data =
          opened(
              DataDirectory.open(
                  Path.of(config.data()),
                  Wiring.cluster(config),
                  config.node(),
                  Wiring.storage(config),
                  clock));
      GrpcPeers peers = opened(new GrpcPeers(Wiring.peers(config, data), connections.peers()));
      Recovered recovered = data.journal().recovered();
      if (recovered.formed() && recovered.agreed() != null) {
        peers.formed(recovered.agreed());
      }
      Engine.Tuning tuning = Wiring.engine(config);
      Inbox inbox = new Inbox(tuning.callerLimits());
      Engine engine = engine(peers, inbox, tuning);
      Loop loop = opened(engine.loop(inbox, failure));
      node = CountedNode.of(engine.node(), metrics.callMetrics());
      api = opened(api());
      read(peers, inbox);
      start(peers, inbox);
      loop.start();
      watchHealth();
      http.answerLeaders(
          new LockLeaderLookup(node.reads(), config.times().election(), api::heldNanos));
    } catch (IOException | RuntimeException e) {
      RuntimeException closing = closeOpened();
      if (closing != null) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private static NodeLabels identity(Config config) {
    SortedMap<Integer, String> names = new TreeMap<>();
    Wiring.members(config).keySet().forEach(node -> names.put(node, Integer.toString(node)));
    Build build = Build.current();
    return new NodeLabels(
        config.cluster(), config.node(), names, build.version(), build.revision());
  }

  private ApiServer api() {
    return new ApiServer(
            Wiring.bind(config.api()),
            Wiring.api(config),
            node,
            new io.synod.api.call.ServerIdentity(config.cluster(), Build.current().version()),
            metrics.apiCalls(ApiServer.methods())::ended)
        .acceptingThrough(connections.api())
        .withKeepAliveMin(config.limits().keepAliveMin())
        .alarming(connections::alarms);
  }

  private void start(GrpcPeers peers, Inbox inbox) throws IOException {
    AddressBinding.at(
        "peer",
        config.peer(),
        at -> {
          peers.start(inbox::offer);
          return peers;
        });
    AddressBinding.at(
        "api",
        config.api(),
        at -> {
          api.start();
          return api;
        });
  }

  private <T extends AutoCloseable> T opened(T what) {
    opened.push(what);
    return what;
  }

  private Engine engine(GrpcPeers peers, Inbox inbox, Engine.Tuning tuning) {
    ExecutorService publisher =
        Executors.newSingleThreadExecutor(work -> daemon(work, "synod-publisher"));
    opened.push(publisher::shutdown);
    ExecutorService background =
        Executors.newSingleThreadExecutor(work -> daemon(work, "synod-snapshots"));
    opened.push(() -> end(background));
    return new Engine(
        Wiring.self(config, data.incarnation()),
        tuning,
        new NodePorts(data.journal(), peers, clock, new LoggingObserver(metrics), inbox),
        new Engine.Workers(publisher, background),
        new SplittableRandom(new SecureRandom().nextLong()));
  }

  /** Waits for a snapshot in progress, which stops by itself once the loop has ended. */
  private static void end(ExecutorService background) throws InterruptedException {
    background.shutdown();
    if (!background.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn("a snapshot in progress did not stop in time");
    }
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void read(GrpcPeers peers, Inbox inbox) {
    metrics.watch(node.inspection()::status);
    metrics.read(MetricSource.WATCHES_OPEN, api::openWatches);
    metrics.read(MetricSource.UNREAD_BYTES, api::unreadBytes);
    connections.read(metrics);
    metrics.read(MetricSource.API_MESSAGES_OVERSIZE, api::oversizedMessages);
    metrics.read(MetricSource.HTTP_CONNECTIONS_EVICTED, http::connectionsEvicted);
    metrics.read(MetricSource.MAILBOX_INPUTS, inbox::depth);
    metrics.read(MetricSource.MAILBOX_BYTES, inbox::depthBytes);
    metrics.read(MetricSource.MAILBOX_DROPPED, inbox::dropped);
    metrics.read(MetricSource.STREAMS_REFUSED, peers::refusedStreams);
    metrics.read(MetricSource.DISK_AVAILABLE_BYTES, this::availableBytes);
    read(peers, PeerMetricSource.SENT_BYTES, PeerTraffic::bytesOut);
    read(peers, PeerMetricSource.RECEIVED_BYTES, PeerTraffic::bytesIn);
    read(peers, PeerMetricSource.CONNECTIONS, PeerTraffic::connections);
    read(peers, PeerMetricSource.FRAMES_DROPPED, PeerTraffic::framesDropped);
    read(peers, PeerMetricSource.FRAMES_OVERSIZE, PeerTraffic::framesOversize);
    read(peers, PeerMetricSource.FRAMES_MALFORMED, PeerTraffic::framesMalformed);
    if (!metrics.unread().isEmpty()) {
      throw new IllegalStateException("metrics without a source: " + metrics.unread());
    }
  }

  private void read(GrpcPeers peers, PeerMetricSource reading, ToLongFunction<PeerTraffic> number) {
    metrics.read(
        reading,
        peer -> {
          PeerTraffic traffic = peers.traffic().get(peer);
          return traffic == null ? 0 : number.applyAsLong(traffic);
        });
  }

  private long availableBytes() {
    try {
      return Files.getFileStore(Path.of(config.data())).getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }

  /** Copies the health of the HTTP port to the gRPC health service, at intervals. */
  private void watchHealth() {
    health.serving(true);
    ScheduledExecutorService ticker =
        Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "synod-health"));
    Future<?> ticking =
        ticker.scheduleWithFixedDelay(this::publishHealth, 0, HEALTH_MILLIS, TimeUnit.MILLISECONDS);
    opened.push(
        () -> {
          ticking.cancel(false);
          ticker.shutdown();
        });
  }

  private void publishHealth() {
    api.health().live(!health.started() || health.live());
    api.health().started(health.started());
    api.health().ready(health.ready());
  }

  /** The status of this node. */
  NodeStatus status() {
    return node.inspection().status();
  }

  /** The addresses and the data directory, on one line. */
  String places() {
    return "api="
        + address(config.api().host(), api.port())
        + " http="
        + address(config.http().host(), http.address().getPort())
        + " peers="
        + address(config.peer().host(), config.peer().port())
        + " data="
        + config.data();
  }

  private static String address(String host, int port) {
    return new io.synod.config.Address(host, port).toString();
  }

  /** Hands over leadership if this node has it, within the time that a stop may take. */
  void drain() {
    health.serving(false);
    api.health().ready(false);
    Duration most = config.times().drain();
    boolean others = config.voters().size() > 1;
    if (others && node.inspection().status().role() == View.Role.LEADER && !most.isZero()) {
      LOG.info("handing over leadership");
      boolean done = handOver(most);
      LOG.info(done ? "handed over leadership" : "no other node took over leadership");
    }
  }

  /** Waits until another node leads; returns early if no quorum is reachable. */
  private boolean handOver(Duration most) {
    long deadline = clock.nanos() + most.toNanos();
    CompletableFuture<Boolean> done = node.maintenance().handOver(0, most);
    while (clock.nanos() < deadline) {
      try {
        return done.get(HEALTH_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        NodeStatus now = node.inspection().status();
        if (now.reachable() < now.quorum()) {
          return false;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } catch (ExecutionException e) {
        return false;
      }
    }
    return false;
  }

  /**
   * Ends calls, the loop, the connections and the log, in this order.
   *
   * @throws RuntimeException if the log or another part failed to close; the others are closed
   */
  @Override
  public void close() {
    RuntimeException failure = closeOpened();
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes all parts. Returns the first failure, or null. */
  private @Nullable RuntimeException closeOpened() {
    RuntimeException first = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("closing: {}", e.getMessage());
        if (first == null && e instanceof RuntimeException failure) {
          first = failure;
        }
      }
    }
    return first;
  }
}
