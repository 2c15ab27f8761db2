package io.synod.metrics;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;

/** Builds the samples of one metric during a scrape. */
final class MetricFamily {
  private final String name;
  private final Collector.Type type;
  private final String help;
  private final List<Collector.MetricFamilySamples.Sample> samples = new ArrayList<>();

  MetricFamily(String name, Collector.Type type, String help) {
    this.name = name;
    this.type = type;
    this.help = help;
  }

  /** A gauge with one value and no label. */
  static Collector.MetricFamilySamples gauge(String name, String help, double value) {
    return new MetricFamily(name, Collector.Type.GAUGE, help).add(name, value).build();
  }

  MetricFamily add(String sample, double value) {
    samples.add(new Collector.MetricFamilySamples.Sample(sample, List.of(), List.of(), value));
    return this;
  }

  MetricFamily add(String sample, double value, String label, String labelValue) {
    samples.add(
        new Collector.MetricFamilySamples.Sample(
            sample, List.of(label), List.of(labelValue), value));
    return this;
  }

  Collector.MetricFamilySamples build() {
    return new Collector.MetricFamilySamples(name, type, help, samples);
  }
}
