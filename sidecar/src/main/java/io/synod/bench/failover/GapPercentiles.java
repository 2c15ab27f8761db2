package io.synod.bench.failover;

import java.util.Arrays;

/**
 * Exact percentiles: each is one of the measured times, the least that at least so many percent do
 * not exceed.
 */
final class GapPercentiles {
  private final double[] sorted;

  GapPercentiles(double[] seconds) {
    if (seconds.length == 0) {
      throw new IllegalArgumentException("there are no percentiles of no times");
    }
    this.sorted = seconds.clone();
    Arrays.sort(sorted);
  }

  /** The percentile of a number from 1 to 100, the maximum. */
  double at(int percent) {
    // Whole numbers, since a rounding error would select the next time.
    int rank = (percent * sorted.length + 99) / 100;
    return sorted[rank - 1];
  }
}
