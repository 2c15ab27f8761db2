package io.synod.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A simulator that has found nothing has proved nothing: here it must find deliberate bugs. How
 * many seeds that takes, as the median of several beginnings, is printed.
 */
class MutantsTest {
  private static final int SEEDS_MAX = 2_000;
  private static final int TRIALS = Integer.getInteger("sim.trials", 3);

  static Stream<String> mutants() {
    return Mutants.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void findsTheMutant(String name) {
    Supplier<Mutant> mutant = Objects.requireNonNull(Mutants.all().get(name));
    long[] taken = new long[TRIALS];
    String seen = "";
    for (int trial = 0; trial < TRIALS; trial++) {
      long from = 1 + 100_000L * trial;
      Report found = find(mutant, from);
      assertThat(found.violation()).as(name + " from seed " + from).isNotNull();
      taken[trial] = found.plan().seed() - from + 1;
      seen = String.valueOf(found.violation());
    }
    Arrays.sort(taken);
    System.out.println(name + ": found within " + taken[TRIALS / 2] + " seeds (median), " + seen);
  }

  private static Report find(Supplier<Mutant> mutant, long from) {
    for (long seed = from; ; seed++) {
      Report report = World.run(Plan.of(seed), mutant.get(), false);
      if (report.violation() != null || seed == from + SEEDS_MAX - 1) {
        return report;
      }
    }
  }
}
