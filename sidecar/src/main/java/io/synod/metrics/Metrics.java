package io.synod.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.List;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every number of one node, on a registry of its own, so that several nodes may share a process.
 * The loop's thread calls the observer's methods: they only count. Any thread may call the others.
 */
public final class Metrics implements Observer {
  private final NodeLabels identity;
  private final HealthChecks health;
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ProtocolMetrics protocol;
  private final MessageMetrics messages;
  private final LoopMetrics loop;
  private final SnapshotMetrics snapshots;
  private final CallMetrics callMetrics;
  private final ExternalMetrics outside;
  private volatile @Nullable Supplier<NodeStatus> status;
  private volatile Supplier<List<String>> alarms = List::of;

  /** The numbers of this node; its health is told of every turn of the loop. */
  public Metrics(NodeLabels identity, Clock clock, HealthChecks health) {
    this.identity = identity;
    this.health = health;
    protocol = new ProtocolMetrics(identity, registry);
    messages = new MessageMetrics(identity, registry);
    loop = new LoopMetrics(identity, registry);
    snapshots = new SnapshotMetrics(registry);
    callMetrics = new CallMetrics(clock::nanos, registry);
    outside = new ExternalMetrics(identity);
    registry.register(outside);
    registry.register(new StatusMetrics(identity, this::status));
    registry.register(new About(identity, health));
    DefaultExports.register(registry);
  }

  /** Reads the status of the node there, at every scrape and for its health; it must be quick. */
  public void watch(Supplier<NodeStatus> source) {
    status = source;
    health.watch(source);
  }

  /** Names alarms that are not the node's, at every look at the status; it must be quick. */
  public void alarming(Supplier<List<String>> more) {
    alarms = more;
  }

  /** Alarms that are not the node's. */
  List<String> alarms() {
    return alarms.get();
  }

  /** Where callers' proposals and reads are counted. */
  public CallMetrics callMetrics() {
    return callMetrics;
  }

  /** Where calls of the API are counted, which has these methods. To be called once. */
  public ApiCallMetrics apiCalls(Set<String> methods) {
    return new ApiCallMetrics(methods, registry);
  }

  /** Reads this number from there at every scrape; {@code source} must be quick. */
  public void read(MetricSource metricSource, LongSupplier source) {
    outside.source(metricSource, source);
  }

  /** Reads this number from there, for each peer by its number, at every scrape. */
  public void read(PeerMetricSource reading, IntToLongFunction source) {
    outside.source(reading, source);
  }

  /** Readings without a source, missing from the page: none, once everything is wired. */
  public Set<Enum<?>> unread() {
    return outside.missing();
  }

  NodeLabels identity() {
    return identity;
  }

  HealthChecks health() {
    return health;
  }

  /** What the node believes now; null before it runs. */
  @Nullable NodeStatus status() {
    Supplier<NodeStatus> source = status;
    return source == null ? null : source.get();
  }

  CollectorRegistry registry() {
    return registry;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Occurred occurred) {
      protocol.event(occurred.event());
    } else if (observation instanceof Observation.Sent sent) {
      messages.sent(sent.to(), sent.message());
    } else if (observation instanceof Observation.Received received) {
      messages.received(received.from(), received.message());
    } else if (observation instanceof Observation.Synced synced) {
      loop.synced(synced.writes(), synced.nanos());
    } else if (observation instanceof Observation.Turned turned) {
      loop.cycled(turned.inputs(), turned.nanos());
      health.turned();
    } else if (observation instanceof Observation.Applied applied) {
      loop.applied(applied.commands(), applied.nanos());
    } else if (observation instanceof Observation.Damaged) {
      loop.damaged();
    } else if (observation instanceof Observation.RoundTrip trip) {
      loop.roundTrip(trip.peer(), trip.nanos());
    } else if (observation instanceof Observation.SnapshotTaken taken) {
      snapshots.taken(taken.mark(), taken.bytes(), taken.nanos());
    } else if (observation instanceof Observation.SnapshotInstalled installed) {
      snapshots.installed(installed.mark(), installed.bytes());
    } else {
      // One was not taken, or not fetched.
      snapshots.failed();
    }
  }

  /** What was built, who it is, and how it is. */
  private static final class About extends Collector {
    private final NodeLabels identity;
    private final HealthChecks health;

    About(NodeLabels identity, HealthChecks health) {
      this.identity = identity;
      this.health = health;
    }

    @Override
    public List<MetricFamilySamples> collect() {
      MetricFamily check = new MetricFamily("synod_health", Type.GAUGE, "1 if the check passes.");
      check.add("synod_health", health.live() ? 1 : 0, "check", "live");
      check.add("synod_health", health.ready() ? 1 : 0, "check", "ready");
      return List.of(
          info(
              "synod_build_info",
              "What was built, and the Java that runs it.",
              List.of("version", "revision", "java"),
              List.of(identity.version(), identity.revision(), Runtime.version().toString())),
          info(
              "synod_node_info",
              "Which node of which cluster this is.",
              List.of("cluster", "node"),
              List.of(identity.cluster(), identity.selfName())),
          check.build());
    }

    private static MetricFamilySamples info(
        String name, String help, List<String> labels, List<String> values) {
      return new MetricFamilySamples(
          name, Type.GAUGE, help, List.of(new MetricFamilySamples.Sample(name, labels, values, 1)));
    }
  }
}
