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
 * Counts the seeds that it takes to find a deliberate bug: {@code -Dsim.mutants=REGEX
 * -Dsim.trials=N}. Each trial starts at a seed of its own, and several run in parallel. By default
 * there is one trial, which begins at one of the {@link FirstSeeds}.
 */
final class MutantTrials {
  private static final int RUNS_MAX = 2_000;
  private static final int SEEDS_MAX = 20_000;
  private static final int TRIALS = Integer.getInteger("sim.trials", 1);
  private static final long APART = 100_000;
  private static final Pattern NAMES = Pattern.compile(System.getProperty("sim.mutants", ""));

  /**
   * The result of one trial.
   *
   * @param shown the seed that shows the bug
   * @param seeds the number of seeds from the first to that one
   * @param runs how many of these have a profile in which the bug can show
   * @param failure why the bug counts as not found, or null
   */
  private record Search(
      long shown, long seeds, int runs, String violation, @Nullable AssertionError failure) {}

  private MutantTrials() {}

  /** The mutants whose names match {@code sim.mutants}, or all of them without it. */
  static Stream<String> named(Set<String> names) {
    return names.stream().filter(name -> NAMES.matcher(name).find());
  }

  /**
   * Fails if a trial does not find the bug, and prints the median.
   *
   * @param where the profiles in which the bug can show; other seeds are counted and not run
   * @param world runs a seed, on any thread, and returns the broken invariant or null
   */
  static void find(
      String name, Predicate<FaultProfile> where, LongFunction<@Nullable String> world) {
    long first = TRIALS == 1 ? FirstSeeds.of(name) : 1;
    List<Search> all =
        IntStream.range(0, TRIALS)
            .parallel()
            .mapToObj(trial -> search(name, where, world, first + APART * trial))
            .sorted(Comparator.comparingLong(Search::seeds))
            .toList();
    for (Search search : all) {
      if (search.failure != null) {
        throw search.failure;
      }
    }
    Search median = all.get(TRIALS / 2);
    if (TRIALS == 1) {
      FirstSeeds.found(name, median.shown);
    }
    System.out.println(
        name
            + ": found at seed "
            + median.shown
            + ", within "
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
          return new Search(seed, seed - from + 1, runs, violation, innocent(name, seed));
        }
        runs++;
      }
    }
    return new Search(
        seed,
        seed - from,
        RUNS_MAX,
        "",
        new AssertionError(
            name + " is not found in the " + (seed - from) + " seeds from " + from + " on"));
  }

  /** An error if the seed also fails without the bug; null if it does not. */
  private static @Nullable AssertionError innocent(String name, long seed) {
    Violation without = Simulation.run(RunPlan.of(seed), InputMutant.NONE, false).violation();
    return without == null
        ? null
        : new AssertionError(name + " is not why seed " + seed + " fails", without);
  }
}
