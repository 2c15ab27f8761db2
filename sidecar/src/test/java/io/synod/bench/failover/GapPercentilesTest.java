package io.synod.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GapPercentilesTest {
  private static GapPercentiles of(double... seconds) {
    return new GapPercentiles(seconds);
  }

  @Test
  void selectsOneOfTheMeasuredTimes() {
    // 50, 49, ... 1
    GapPercentiles fifty =
        new GapPercentiles(IntStream.range(0, 50).mapToDouble(i -> 50 - i).toArray());
    assertThat(fifty.at(50)).isEqualTo(25);
    assertThat(fifty.at(90)).isEqualTo(45);
    assertThat(fifty.at(99)).isEqualTo(50);
    assertThat(fifty.at(100)).isEqualTo(50);

    GapPercentiles hundred =
        new GapPercentiles(IntStream.rangeClosed(1, 100).asDoubleStream().toArray());
    IntStream.rangeClosed(1, 100)
        .forEach(percent -> assertThat(hundred.at(percent)).isEqualTo(percent));
  }

  @Test
  void takesFewTimes() {
    assertThat(of(3).at(1)).isEqualTo(3);
    assertThat(of(3).at(100)).isEqualTo(3);
    assertThat(of(3, 1).at(50)).isEqualTo(1);
    assertThat(of(3, 1).at(51)).isEqualTo(3);
    assertThatIllegalArgumentException().isThrownBy(GapPercentilesTest::of);
  }

  @Test
  void countsARoundWithoutAWriteAsTheSlowest() {
    GapPercentiles three = of(Double.POSITIVE_INFINITY, 1, 2);
    assertThat(three.at(50)).isEqualTo(2);
    assertThat(three.at(99)).isInfinite();
  }
}
