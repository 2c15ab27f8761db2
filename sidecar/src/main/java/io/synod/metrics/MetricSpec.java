package io.synod.metrics;

import io.prometheus.client.Collector;

/** The name, kind and help of a metric. */
interface MetricSpec {

  /** The name of its family. */
  String family();

  /** Whether its value only grows: its sample then has the suffix {@code _total}. */
  boolean isCounter();

  String help();

  /** The name of its sample. */
  default String sample() {
    return isCounter() ? family() + "_total" : family();
  }

  /** Its family, without a sample. */
  default MetricFamily empty() {
    return new MetricFamily(
        family(), isCounter() ? Collector.Type.COUNTER : Collector.Type.GAUGE, help());
  }
}
