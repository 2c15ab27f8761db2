package io.synod.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.ClosedLoop;
import io.synod.bench.load.CpuTime;
import io.synod.bench.load.Measurement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ComparedLoadTest {
  @Test
  void takesTheMiddleRound() {
    assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(4, 1, 2, 9)).isEqualTo(new Spread(3, 1, 9));
    assertThat(Spread.of(5)).isEqualTo(new Spread(5, 5, 5));
  }

  @Test
  void leavesOutRoundsWithoutAFigure() {
    assertThat(Spread.of(Double.NaN, 2, Double.POSITIVE_INFINITY)).isEqualTo(new Spread(2, 2, 2));
    assertThat(Spread.of(Double.NaN).median("%.2f")).isEqualTo("-");
    assertThat(Spread.of().range("%.2f")).isEqualTo("-..-");
  }

  @Test
  void dividesRoundByRound() {
    ComparedLoad load = SampleReport.load(BenchOperation.PUT, 64, 20_000, 10_000, 15_000);
    assertThat(load.speedRatio()).isEqualTo(new Spread(1.5, 1, 2));
    assertThat(load.synod().perSecond()).isEqualTo(new Spread(7_500, 5_000, 10_000));
    assertThat(load.latencyRatio(99)).isEqualTo(1);
  }

  @Test
  void tellsWhatAnOperationCosts() {
    ComparedLoad load = SampleReport.load(BenchOperation.PUT, 64, 20_000);
    assertThat(load.synod().serverMicros().median()).isEqualTo(100);
    assertThat(load.synod().generatorMicros().median()).isEqualTo(10);
    // The load has 20,000 operations of 110 µs within two seconds.
    assertThat(load.synod().cores().median()).isCloseTo(1.1, within(1e-9));
    assertThat(load.cpuRatio().median()).isEqualTo(1);
  }

  @Test
  void hasNoFigureWhereNothingWasMeasured() {
    Measurement nothing = SampleReport.measured(BenchOperation.PUT, BenchTarget.ETCD, 0);
    Measurement unwatched = unwatched();
    ComparedLoad load =
        new ComparedLoad(
            BenchOperation.PUT, 64, List.of(new ComparedLoad.Round(unwatched, nothing)));
    assertThat(load.speedRatio().median("%.2f")).isEqualTo("-");
    assertThat(load.synod().serverMicros().median("%.1f")).isEqualTo("-");
    assertThat(load.bothDidSomething()).isFalse();
  }

  private static Measurement unwatched() {
    Measurement some = SampleReport.measured(BenchOperation.PUT, BenchTarget.SYNOD, 10);
    ClosedLoop closedLoop = some.closedLoop();
    return new Measurement(
        BenchTarget.SYNOD, closedLoop, 2, some.latencies(), Map.of(), 0, CpuTime.NONE);
  }

  @Test
  void hidesNoError() {
    Measurement ours =
        SampleReport.measured(BenchOperation.PUT, BenchTarget.SYNOD, 5, Map.of("NO_QUORUM", 3L));
    Measurement theirs = SampleReport.measured(BenchOperation.PUT, BenchTarget.ETCD, 5);
    assertThat(
            new ComparedLoad(
                    BenchOperation.PUT,
                    64,
                    List.of(
                        new ComparedLoad.Round(ours, theirs), new ComparedLoad.Round(ours, theirs)))
                .errors())
        .isEqualTo("Synod: NO_QUORUM 6; etcd: none");
    assertThat(SampleReport.load(BenchOperation.PUT, 1, 5).errors()).isEqualTo("none");
  }

  @Test
  void addsRoundsUp() {
    Measurement sum =
        SampleReport.measured(BenchOperation.PUT, BenchTarget.SYNOD, 10, Map.of("A", 1L))
            .plus(
                SampleReport.measured(
                    BenchOperation.PUT, BenchTarget.SYNOD, 30, Map.of("A", 1L, "B", 5L)));

    assertThat(sum.operations()).isEqualTo(40);
    assertThat(sum.perSecond()).isEqualTo(10);
    assertThat(sum.cpu()).isEqualTo(new CpuTime(4_000_000, 400_000));
    assertThat(sum.errors()).containsExactlyInAnyOrderEntriesOf(Map.of("A", 2L, "B", 5L));
  }

  @Test
  void knowsHowLongItAllTakes() {
    // One operation at two loads on two clusters takes 20 s of preheating per cluster, and 3 rounds
    // of 9 s per load.
    assertThat(SampleReport.of().setting().effort().whole()).isEqualTo(Duration.ofSeconds(148));
  }
}
