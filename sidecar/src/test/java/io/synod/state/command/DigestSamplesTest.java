package io.synod.state.command;

import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Tests the digests that are kept of a copy: few, and some of them at the same indexes as those of
 * other copies.
 */
class DigestSamplesTest {
  private static final long WINDOW = 2_000;

  private static DigestSamples upTo(long index) {
    DigestSamples all = DigestSamples.NONE;
    for (long at = 1; at <= index; at++) {
      all = all.with(at, value("" + at));
    }
    return all;
  }

  @Test
  void areTheNewestAndTheRoundestBehindThem() {
    assertThat(upTo(21).byIndex().keySet()).containsExactly(8L, 16L, 18L, 20L, 21L);
    DigestSamples many = upTo(300_000);
    assertThat(many.byIndex().keySet())
        .hasSizeLessThanOrEqualTo(DigestSamples.MAX)
        .contains(300_000L, 299_999L, 1L << 18, 1L << 18 | 1L << 15);
    assertThat(many.at(1L << 18)).isEqualTo(value("" + (1L << 18)));
  }

  @Test
  void areTheSameWhetherTakenOneByOneOrTogether() {
    assertThat(upTo(1_000).with(upTo(1_700))).isEqualTo(upTo(1_700));
    assertThat(DigestSamples.NONE.with(upTo(999))).isEqualTo(upTo(999));
    assertThat(upTo(10).with(5, value("5"))).isEqualTo(upTo(10));
  }

  /**
   * One copy reports every third index, and the other every seventh in windows, with a delay; some
   * indexes must coincide.
   */
  @Test
  void areInCommonWithACopyThatSpeaksAtAnotherRhythmAndIsBehind() {
    for (long behind : new long[] {0, 700, 20_000}) {
      DigestSamples ahead = every(3, 1, 100_000);
      int met = 0;
      for (long from = 100_000; from < 200_000; from += WINDOW) {
        ahead = ahead.with(every(3, from, from + WINDOW));
        DigestSamples slow = every(7, from - behind, from + WINDOW - behind);
        for (long index : slow.byIndex().keySet()) {
          met += ahead.at(index) == null ? 0 : 1;
        }
      }
      assertThat(met).as("behind by " + behind).isPositive();
    }
  }

  private static DigestSamples every(long stride, long from, long to) {
    DigestSamples all = DigestSamples.NONE;
    for (long at = (from + stride - 1) / stride * stride; at < to; at += stride) {
      all = all.with(at, value("" + at));
    }
    return all;
  }
}
