package io.synod.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Deliberate bugs in the text of what is built on the log, each found within so many seeds; how
 * many it takes, as the median of several beginnings, is printed.
 */
class PatchesTest {
  private static final int SEEDS_MAX = 2_000;
  private static final int TRIALS = Integer.getInteger("sim.trials", 3);

  static Stream<String> patches() {
    return Patches.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("patches")
  void findsTheBug(String name) {
    Patch patch = Objects.requireNonNull(Patches.all().get(name));
    LongFunction<@Nullable String> trial = patch.trial();
    long[] taken = new long[TRIALS];
    String seen = "";
    for (int i = 0; i < TRIALS; i++) {
      long from = 1 + 100_000L * i;
      String found = null;
      while (found == null && taken[i] < SEEDS_MAX) {
        found = trial.apply(from + taken[i]++);
      }
      assertThat(found).as(name + " from seed " + from).isNotNull();
      seen = String.valueOf(found);
    }
    Arrays.sort(taken);
    System.out.println(name + ": found within " + taken[TRIALS / 2] + " seeds (median), " + seen);
  }

  @Test
  void appliesOnlyWhereTheTextIsAsItWas() {
    assertThatThrownBy(() -> new Patch("state/Lock", "no such text", "").trial())
        .isInstanceOf(IllegalStateException.class);
  }
}
