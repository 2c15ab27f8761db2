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
 * All metrics of one node, on a registry of its own, so that several nodes may share a process. The
 * loop's thread calls the observer's methods, which only count. Any thread may call the others.
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

  /** The metrics of this node; every turn of the loop is reported to its health. */
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

  /** Sets the source of the node's status, for every scrape and the health; it must be quick. */
  public void watch(Supplier<NodeStatus> source) {
    status = source;
    health.watch(source);
  }

  /** Sets the source of further alarms, for every read of the status; it must be quick. */
  public void alarming(Supplier<List<String>> more) {
    alarms = more;
  }

  /** The further alarms, which are not in the node's status. */
  public List<String> alarms() {
    return alarms.get();
  }

  /** The counters of callers' proposals and reads. */
  public CallMetrics callMetrics() {
    return callMetrics;
  }

  /** The counters of calls of the API, which has these methods. To be called once. */
  public ApiCallMetrics apiCalls(Set<String> methods) {
    return new ApiCallMetrics(methods, registry);
  }

  /** Sets the source of this metric, read at every scrape; it must be quick. */
  public void read(MetricSource metricSource, LongSupplier source) {
    outside.source(metricSource, source);
  }

  /** Sets the source of this metric, read at every scrape for each peer by its number. */
  public void read(PeerMetricSource reading, IntToLongFunction source) {
    outside.source(reading, source);
  }

  /** The readings without a source, missing from the page; none, once everything is wired. */
  public Set<Enum<?>> unread() {
    return outside.missing();
  }

  public NodeLabels identity() {
    return identity;
  }

  public HealthChecks health() {
    return health;
  }

  /** The status of the node now; null before it runs. */
  @Nullable
  public NodeStatus status() {
    Supplier<NodeStatus> source = status;
    return source == null ? null : source.get();
  }

  public CollectorRegistry registry() {
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
      // A snapshot was not taken, or not fetched.
      snapshots.failed();
    }
  }

  /** The build, the identity and the health of the node. */
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
              "The version of this program, and of the Java that runs it.",
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
