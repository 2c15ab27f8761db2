package io.synod.bench.failover;

import io.synod.bench.load.BenchTarget;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rounds of one cluster. */
record FailoverFigures(BenchTarget subject, List<FailoverRound> rounds) {
  FailoverFigures {
    rounds = List.copyOf(rounds);
  }

  GapPercentiles gaps() {
    return new GapPercentiles(rounds.stream().mapToDouble(FailoverRound::gapSeconds).toArray());
  }

  GapPercentiles longest() {
    return new GapPercentiles(rounds.stream().mapToDouble(FailoverRound::longestSeconds).toArray());
  }

  /** In how many rounds no write succeeded after the fault. */
  long withoutWrite() {
    return rounds.stream().filter(round -> !round.recovered()).count();
  }

  /** The failed writes of all rounds, by Synod's reason or gRPC's status code. */
  Map<String, Long> failedCalls() {
    Map<String, Long> all = new TreeMap<>();
    rounds.forEach(
        round -> round.failedCalls().forEach((code, count) -> all.merge(code, count, Long::sum)));
    return all;
  }
}
