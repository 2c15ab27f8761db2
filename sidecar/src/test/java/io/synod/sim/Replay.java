package io.synod.sim;

import io.synod.sim.check.Violation;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.run.RunPlan;
import io.synod.sim.run.RunReport;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Command that replays seeds of the simulator: {@code Replay SEED [--trace]} or {@code Replay
 * FROM..TO}; {@code sidecar/bin/sim} runs it.
 *
 * <p>The digest of a range covers the trace of each of its seeds, so that two builds with equal
 * digests behave alike in all of them.
 */
public final class Replay {
  private static final String USAGE = "usage: sim SEED [--trace] | sim FROM..TO";
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,18})\\.\\.([0-9]{1,18})");
  private static final int BROKEN = 1;
  private static final int WRONG_USAGE = 2;
  private static final long FACTOR = 31;

  private Replay() {}

  /**
   * Runs the replay; the exit status is 1 if a seed breaks an invariant, and 2 after a wrong
   * argument.
   */
  public static void main(String[] args) {
    System.exit(run(System.out, System.err, args));
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    List<String> rest = args.length == 0 ? List.of() : Arrays.asList(args).subList(1, args.length);
    if (args.length == 1) {
      Matcher range = RANGE.matcher(args[0]);
      if (range.matches() && Long.parseLong(range.group(1)) <= Long.parseLong(range.group(2))) {
        return all(out, Long.parseLong(range.group(1)), Long.parseLong(range.group(2)));
      }
    }
    if (args.length == 0
        || !args[0].matches("[0-9]{1,18}")
        || !rest.stream().allMatch("--trace"::equals)) {
      err.println(USAGE);
      return WRONG_USAGE;
    }
    return one(out, Long.parseLong(args[0]), !rest.isEmpty());
  }

  private static int one(PrintStream out, long seed, boolean trace) {
    RunReport report = Simulation.run(RunPlan.of(seed), InputMutant.NONE, trace);
    report.tail().forEach(out::println);
    out.printf("seed %s: %,d events, trace %016x%n", seed, report.events(), report.traceHash());
    Violation violation = report.violation();
    if (violation == null) {
      out.println("no invariant is broken");
      return 0;
    }
    out.println("broken: " + violation.getMessage());
    if (violation.getCause() != null) {
      violation.getCause().printStackTrace(out);
    }
    return BROKEN;
  }

  private static int all(PrintStream out, long from, long to) {
    List<RunReport> reports =
        LongStream.rangeClosed(from, to)
            .parallel()
            .mapToObj(seed -> Simulation.run(RunPlan.of(seed), InputMutant.NONE, false))
            .toList();
    long digest = 0;
    int broken = 0;
    for (int i = 0; i < reports.size(); i++) {
      RunReport report = reports.get(i);
      digest = digest * FACTOR + report.traceHash();
      Violation violation = report.violation();
      if (violation != null) {
        broken++;
        out.println("seed " + (from + i) + " breaks: " + violation.getMessage());
      }
    }
    out.printf("seeds %d..%d: %d broken, digest %016x%n", from, to, broken, digest);
    return broken == 0 ? 0 : BROKEN;
  }
}
