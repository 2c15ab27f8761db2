package io.synod.metrics;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;

/** The metrics of other packages, read at each scrape. Sources are given before the first one. */
final class ExternalMetrics extends Collector {
  private final NodeLabels identity;
  private final Map<MetricSource, LongSupplier> plain =
      Collections.synchronizedMap(new EnumMap<>(MetricSource.class));
  private final Map<PeerMetricSource, IntToLongFunction> byPeer =
      Collections.synchronizedMap(new EnumMap<>(PeerMetricSource.class));

  ExternalMetrics(NodeLabels identity) {
    this.identity = identity;
  }

  void source(MetricSource metricSource, LongSupplier source) {
    plain.put(metricSource, source);
  }

  void source(PeerMetricSource reading, IntToLongFunction source) {
    byPeer.put(reading, source);
  }

  /** The readings without a source, which are missing from the page. */
  Set<Enum<?>> missing() {
    Set<Enum<?>> missing = new LinkedHashSet<>(EnumSet.allOf(MetricSource.class));
    missing.addAll(EnumSet.allOf(PeerMetricSource.class));
    missing.removeAll(plain.keySet());
    missing.removeAll(byPeer.keySet());
    return missing;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> families = new ArrayList<>();
    for (MetricSource metricSource : MetricSource.values()) {
      LongSupplier source = plain.get(metricSource);
      if (source != null) {
        double value = (double) source.getAsLong();
        families.add(metricSource.empty().add(metricSource.sample(), value).build());
      }
    }
    for (PeerMetricSource reading : PeerMetricSource.values()) {
      IntToLongFunction source = byPeer.get(reading);
      if (source != null) {
        MetricFamily metricFamily = reading.empty();
        identity
            .peers()
            .forEach(
                (node, name) ->
                    metricFamily.add(
                        reading.sample(), (double) source.applyAsLong(node), "peer", name));
        families.add(metricFamily.build());
      }
    }
    return families;
  }
}
