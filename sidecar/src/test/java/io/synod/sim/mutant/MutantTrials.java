package io.synod.sim.mutant;

import io.synod.sim.Simulation;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.run.FaultProfile;
import io.synod.sim.run.RunPlan;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many seeds it takes to find a deliberate bug: {@code -Dsim.mutants=REGEX -Dsim.trials=N},
 * from one beginning if not told otherwise, and from several side by side on all cores.
 */
final class MutantTrials {
  private static final int RUNS_MAX = 2_000;
  private static final int SEEDS_MAX = 20_000;
  private static final int TRIALS = Integer.getInteger("sim.trials", 1);
  private static final long APART = 100_000;
  private static final Pattern NAMES = Pattern.compile(System.getProperty("sim.mutants", ""));

  /**
   * What came of one beginning.
   *
   * @param seeds the number of seeds from the beginning to the one that shows the bug
   * @param runs how many of these have the weather in which the bug can show
   * @param failure why the bug counts as not found, or null
   */
  private record Search(long seeds, int runs, String violation, @Nullable AssertionError failure) {}

  private MutantTrials() {}

  /** Returns those whose name holds a match of what {@code sim.mutants} says, or else all. */
  static Stream<String> named(Set<String> names) {
    return names.stream().filter(name -> NAMES.matcher(name).find());
  }

  /**
   * Fails if any beginning does not find it, and prints the median.
   *
   * @param where the weather in which the bug can show; other seeds are counted and not run
   * @param world runs a seed, and returns what it broke, or null; on any thread
   */
  static void find(
      String name, Predicate<FaultProfile> where, LongFunction<@Nullable String> world) {
    List<Search> all =
        IntStream.range(0, TRIALS)
            .parallel()
            .mapToObj(trial -> search(name, where, world, 1 + APART * trial))
            .sorted(Comparator.comparingLong(Search::seeds))
            .toList();
    for (Search search : all) {
      if (search.failure != null) {
        throw search.failure;
      }
    }
    Search median = all.get(TRIALS / 2);
    System.out.println(
        name
            + ": found within "
            + median.seeds
            + " seeds, of which "
            + median.runs
            + " were run, "
            + median.violation);
  }

  private static Search search(
      String name, Predicate<FaultProfile> where, LongFunction<@Nullable String> world, long from) {
    long seed = from;
    for (int runs = 1; runs <= RUNS_MAX && seed < from + SEEDS_MAX; seed++) {
      if (where.test(FaultProfile.of(RunPlan.of(seed)))) {
        String violation = world.apply(seed);
        if (violation != null) {
          return new Search(seed - from + 1, runs, violation, innocent(name, seed));
        }
        runs++;
      }
    }
    return new Search(
        seed - from,
        RUNS_MAX,
        "",
        new AssertionError(
            name + " is not found in the " + (seed - from) + " seeds from " + from + " on"));
  }

  /** Null if the seed breaks nothing without the bug. */
  private static @Nullable AssertionError innocent(String name, long seed) {
    Violation without = Simulation.run(RunPlan.of(seed), InputMutant.NONE, false).violation();
    return without == null
        ? null
        : new AssertionError(name + " is not why seed " + seed + " fails", without);
  }
}
