package io.synod.bench.compare;

import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.Measurement;
import java.util.List;

/** Both clusters under one load, round by round. */
record ComparedLoad(BenchOperation operation, int inFlight, List<Round> rounds) {

  /** Two measurements of which one followed the other. */
  record Round(Measurement synod, Measurement etcd) {}

  ClusterFigures synod() {
    return new ClusterFigures(rounds.stream().map(Round::synod).toList());
  }

  ClusterFigures etcd() {
    return new ClusterFigures(rounds.stream().map(Round::etcd).toList());
  }

  /** Synod's operations a second to etcd's of the same round. */
  Spread speedRatio() {
    return Spread.of(rounds, round -> round.synod().perSecond() / round.etcd().perSecond());
  }

  /** The processor time of Synod's servers an operation to that of etcd's in the same round. */
  Spread cpuRatio() {
    return Spread.of(rounds, round -> round.synod().serverMicros() / round.etcd().serverMicros());
  }

  /** Of the latencies of all rounds. */
  double latencyRatio(double percentile) {
    return synod().millis(percentile) / etcd().millis(percentile);
  }

  boolean bothDidSomething() {
    return synod().whole().operations() > 0 && etcd().whole().operations() > 0;
  }

  String errors() {
    Measurement ours = synod().whole();
    Measurement theirs = etcd().whole();
    return ours.errorCount() + theirs.errorCount() == 0
        ? "none"
        : "Synod: " + ours.errorText() + "; etcd: " + theirs.errorText();
  }
}
