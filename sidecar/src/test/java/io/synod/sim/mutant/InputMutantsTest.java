package io.synod.sim.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.sim.Simulation;
import io.synod.sim.check.Violation;
import io.synod.sim.run.RunPlan;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that the simulator finds deliberate bugs in inputs, messages and writes, and prints how
 * many seeds each takes. A simulator that finds no bug proves nothing.
 */
class InputMutantsTest {
  private static final MutantSearches SEARCHES = new MutantSearches();

  static Stream<String> mutants() {
    return MutantTrials.named(InputMutants.all().keySet());
  }

  @BeforeAll
  static void begin() {
    mutants().forEach(name -> SEARCHES.begin(name, () -> search(name)));
  }

  @AfterAll
  static void end() {
    SEARCHES.close();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void findsTheMutant(String name) throws InterruptedException {
    SEARCHES.await(name);
  }

  private static void search(String name) {
    InputMutants.Bug bug = Objects.requireNonNull(InputMutants.all().get(name));
    MutantTrials.find(
        name,
        profile -> true,
        seed -> {
          Violation violation =
              Simulation.run(RunPlan.of(seed), bug.mutant().get(), false).violation();
          if (violation == null) {
            return null;
          }
          assertThat(bug.breaks())
              .as("invariant that shows %s: %s", name, violation.getMessage())
              .contains(violation.invariant());
          return violation.getMessage();
        });
  }
}
