package io.synod.sim;

import io.synod.sim.check.Violation;
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

  static Stream<String> mutants() {
    return Mutants.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void findsTheMutant(String name) {
    Supplier<Mutant> mutant = Objects.requireNonNull(Mutants.all().get(name));
    Trials.find(
        name,
        seed -> {
          Violation violation = World.run(Plan.of(seed), mutant.get(), false).violation();
          return violation == null ? null : violation.getMessage();
        });
  }
}
