package io.synod.metrics;

import io.synod.metrics.http.HttpLimits;
import io.synod.metrics.http.HttpPort;
import io.synod.runtime.node.NodeStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The metrics of node 1 of three, with every source set. */
public final class TestMetrics {
  public final HandClock clock = new HandClock();
  public final HealthChecks health = new HealthChecks(clock, Duration.ofSeconds(5));
  public final Metrics metrics =
      new Metrics(
          new NodeLabels(
              "demo",
              1,
              new TreeMap<>(Map.of(1, "synod-0", 2, "synod-1", 3, "synod-2")),
              "0.1.0",
              "abc123"),
          clock,
          health);
  final ApiCallMetrics apiCallMetrics =
      metrics.apiCalls(Set.of("synod.v1.Log/Propose", "synod.v1.Log/Watch"));
  public volatile NodeStatus status = TestViews.follower(100, 100);

  /** As main wires it. */
  public static TestMetrics wired() {
    TestMetrics testMetrics = new TestMetrics();
    testMetrics.metrics.watch(() -> testMetrics.status);
    for (MetricSource metricSource : MetricSource.values()) {
      testMetrics.metrics.read(metricSource, () -> 17);
    }
    for (PeerMetricSource reading : PeerMetricSource.values()) {
      testMetrics.metrics.read(reading, peer -> 100L * peer);
    }
    return testMetrics;
  }

  public HttpPort open() throws IOException {
    return open(HttpLimits.of(64));
  }

  public HttpPort open(HttpLimits limits) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return HttpPort.open(address, limits, metrics);
  }

  public double value(String sample, String... labelsAndValues) {
    String[] labels = new String[labelsAndValues.length / 2];
    String[] values = new String[labels.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = labelsAndValues[2 * i];
      values[i] = labelsAndValues[2 * i + 1];
    }
    Double value = metrics.registry().getSampleValue(sample, labels, values);
    if (value == null) {
      throw new AssertionError("no sample " + sample);
    }
    return value;
  }
}
