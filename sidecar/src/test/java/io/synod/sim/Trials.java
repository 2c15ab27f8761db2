package io.synod.sim;

import io.synod.sim.check.Violation;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many seeds it takes to find a deliberate bug, from several beginnings, on all cores: {@code
 * -Dsim.trials=N -Dsim.mutants=REGEX}.
 */
final class Trials {
  private static final int SEEDS_MAX = 2_000;
  private static final int TRIALS = Integer.getInteger("sim.trials", 3);
  private static final long APART = 100_000;
  private static final Pattern NAMES = Pattern.compile(System.getProperty("sim.mutants", ""));

  private record Found(long seeds, String violation) {}

  private Trials() {}

  /** Returns those whose name holds a match of what {@code sim.mutants} says, or else all. */
  static Stream<String> named(Set<String> names) {
    return names.stream().filter(name -> NAMES.matcher(name).find());
  }

  /**
   * Fails if any beginning does not find it, and prints the median.
   *
   * @param world runs a seed, and returns what it broke, or null; on any thread
   */
  static void find(String name, LongFunction<@Nullable String> world) {
    List<Found> all =
        IntStream.range(0, TRIALS)
            .parallel()
            .mapToObj(trial -> search(name, world, 1 + APART * trial))
            .toList();
    long[] seeds = all.stream().mapToLong(Found::seeds).sorted().toArray();
    System.out.println(
        name
            + ": found within "
            + seeds[TRIALS / 2]
            + " seeds (median), "
            + all.get(TRIALS - 1).violation());
  }

  private static Found search(String name, LongFunction<@Nullable String> world, long from) {
    for (long seed = from; seed < from + SEEDS_MAX; seed++) {
      String violation = world.apply(seed);
      if (violation != null) {
        Violation without = World.run(Plan.of(seed), Mutant.NONE, false).violation();
        if (without != null) {
          throw new AssertionError(name + " is not why seed " + seed + " fails", without);
        }
        return new Found(seed - from + 1, violation);
      }
    }
    throw new AssertionError(name + " is not found from seed " + from + " on");
  }
}
