package io.synod.metrics;

import io.prometheus.client.Collector;

/**
 * The name, kind and help of a metric.
 *
 * @param counter whether its value only grows; its sample then has the suffix {@code _total}
 */
record MetricSpec(String family, boolean counter, String help) {

  /** The name of its sample. */
  String sample() {
    return counter ? family + "_total" : family;
  }

  /** Its family, without a sample. */
  MetricFamily empty() {
    return new MetricFamily(family, counter ? Collector.Type.COUNTER : Collector.Type.GAUGE, help);
  }
}
