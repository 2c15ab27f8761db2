package io.synod.sim.mutant;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that the simulator finds each deliberate bug in source text within a number of seeds, and
 * prints how many it takes.
 */
class SourceMutantsTest {
  private static final MutantSearches SEARCHES = new MutantSearches();

  static Stream<String> patches() {
    return MutantTrials.named(StateMutants.all().keySet());
  }

  @BeforeAll
  static void begin() {
    patches().forEach(name -> SEARCHES.begin(name, () -> search(name)));
  }

  @AfterAll
  static void end() {
    SEARCHES.close();
  }

  private static void search(String name) {
    SourceMutant mutant = Objects.requireNonNull(StateMutants.all().get(name));
    MutantTrials.find(name, mutant.where(), mutant.trial());
  }

  @ParameterizedTest
  @MethodSource("patches")
  void findsTheBug(String name) throws InterruptedException {
    SEARCHES.await(name);
  }

  @Test
  void appliesOnlyWhereTheTextIsAsItWas() {
    assertThatThrownBy(() -> new SourceMutant("state/Lock", "no such text", "").trial())
        .isInstanceOf(IllegalStateException.class);
  }
}
