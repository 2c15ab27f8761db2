package io.synod.bench.compare;

import io.synod.bench.load.Measurement;
import java.util.List;

/** What the rounds of one cluster under one load came to. */
record ClusterFigures(List<Measurement> rounds) {

  Spread perSecond() {
    return Spread.of(rounds, Measurement::perSecond);
  }

  Spread serverMicros() {
    return Spread.of(rounds, Measurement::serverMicros);
  }

  Spread generatorMicros() {
    return Spread.of(rounds, Measurement::generatorMicros);
  }

  Spread cores() {
    return Spread.of(rounds, Measurement::cores);
  }

  /** All rounds as one. */
  Measurement whole() {
    return rounds.stream().reduce(Measurement::plus).orElseThrow();
  }

  /** Of the calls of all rounds. */
  double millis(double percentile) {
    return whole().millis(percentile);
  }

  /** The median and the slowest hundredth, in milliseconds. */
  String latencies() {
    return Measurement.text(millis(50)) + " / " + Measurement.text(millis(99));
  }
}
