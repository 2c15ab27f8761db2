package io.synod.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that the design of memberships is safe, and that TLC finds each bug planted in it. */
@Tag("model")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class MembershipModelTest {
  private static final Map<String, String> FOUR_SLOTS = Map.of("SlotCount", "4");
  private static final Map<String, String> SWAP_AND_REMOVAL =
      Map.of("EpochMax", "2", "Removable", "{n1, n3}");

  private static final List<Mutation> MUTATIONS =
      List.of(
          new Mutation("ActiveAtOnce", "Agreement", Map.of()),
          new Mutation("PhaseOneInNewest", "Agreement", Map.of()),
          new Mutation("PhaseOneNotResumed", "Agreement", Map.of()),
          new Mutation("TallyByNode", "Agreement", Map.of()),
          new Mutation("WipedDiskVotes", "Agreement", Map.of()),
          new Mutation("SecondChangeEarly", "OneStepEach", SWAP_AND_REMOVAL),
          new Mutation("AnyEpoch", "OneStepEach", SWAP_AND_REMOVAL));

  /** A bug of the model, the invariant that it breaks, and the bounds within which it does. */
  private record Mutation(String name, String broken, Map<String, String> bounds) {
    Map<String, String> constants() {
      Map<String, String> constants = new TreeMap<>(bounds);
      constants.put("Mutation", "\"" + name + "\"");
      return constants;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @TempDir private Path directory;
  private ModelChecker checker;

  @BeforeEach
  void prepare(TestInfo test) {
    checker = new ModelChecker(test.getDisplayName().replaceAll("\\W", ""), directory);
  }

  private static List<Mutation> mutations() {
    return MUTATIONS;
  }

  @Test
  void isSafeWithASwapInFourSlots() throws Exception {
    assertHolds(checker.check(FOUR_SLOTS));
  }

  @Test
  void isSafeWithASwapAndARemovalInThreeSlots() throws Exception {
    assertHolds(checker.check(SWAP_AND_REMOVAL));
  }

  @Test
  void completesASwap() throws Exception {
    assertRefuted("SwapNeverCompletes", Map.of());
  }

  @Test
  void makesASecondChange() throws Exception {
    assertRefuted("SecondChangeNeverHappens", SWAP_AND_REMOVAL);
  }

  @ParameterizedTest
  @MethodSource("mutations")
  void findsEachMutation(Mutation mutation) throws Exception {
    assertRefuted(mutation.broken, mutation.constants());
  }

  @Test
  void testsEveryMutationOfTheModel() throws Exception {
    Matcher defined = Pattern.compile("(?s)Mutations ==(.*?)}").matcher(ModelChecker.model());
    assertThat(defined.find()).isTrue();
    Set<String> names = new TreeSet<>();
    Pattern.compile("\"(\\w+)\"")
        .matcher(defined.group(1))
        .results()
        .forEach(name -> names.add(name.group(1)));

    Set<String> tested = new TreeSet<>(Set.of("none"));
    MUTATIONS.forEach(mutation -> tested.add(mutation.name));
    assertThat(names).isEqualTo(tested);
  }

  private static void assertHolds(ModelChecker.Verdict verdict) {
    assertThat(verdict.text()).contains("No error has been found.");
    assertThat(verdict.exitStatus()).isZero();
  }

  private void assertRefuted(String invariant, Map<String, String> constants) throws Exception {
    ModelChecker.Verdict verdict = checker.check(invariant, constants);

    assertThat(verdict.text()).contains("Invariant " + invariant + " is violated.");
    assertThat(verdict.exitStatus()).isEqualTo(ModelChecker.VIOLATED);
  }
}
