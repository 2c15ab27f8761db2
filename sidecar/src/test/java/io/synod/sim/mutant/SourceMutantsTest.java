package io.synod.sim.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that the simulator finds each deliberate bug in source text within a number of seeds, and
 * prints how many it takes.
 */
class SourceMutantsTest {
  private static final MutantSearches SEARCHES = new MutantSearches();
  private static final int SEEDS = 3;

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
  void everyFirstSeedIsOfAMutant() {
    List<String> numbers =
        Stream.of(StateMutants.all().keySet(), InputMutants.all().keySet())
            .flatMap(Set::stream)
            .map(FirstSeeds::number)
            .toList();
    assertThat(numbers).containsAll(FirstSeeds.numbers());
  }

  /**
   * The packages that use the class are loaded again, and share the others with the simulator as it
   * was compiled: a class in the wrong set fails to link, or looks like a bug that is found.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "paxos/value/Ballot",
        "paxos/Acceptor",
        "state/apply/Machine",
        "storage/tail/TailLog",
        "transport/FrameWriter",
        "runtime/engine/Cycle"
      })
  void findsNothingWhereOnlyACommentDiffers(String file) {
    LongFunction<@Nullable String> trial =
        new SourceMutant(file, "package io", "// A comment.\npackage io").trial();
    assertThat(trial.getClass().getClassLoader()).isNotSameAs(SeedTrial.class.getClassLoader());
    for (long seed = 1; seed <= SEEDS; seed++) {
      assertThat(trial.apply(seed)).as("seed " + seed).isNull();
    }
  }

  @Test
  void appliesOnlyWhereTheTextIsAsItWas() {
    assertThatThrownBy(() -> new SourceMutant("state/Lock", "no such text", "").trial())
        .isInstanceOf(IllegalStateException.class);
  }
}
