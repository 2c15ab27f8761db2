package io.synod.sim;

import io.synod.sim.check.Violation;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** Replays one seed of the simulator: {@code Replay SEED [--trace]}; {@code sidecar/bin/sim}. */
public final class Replay {
  private static final String USAGE = "usage: sim SEED [--trace]";
  private static final int BROKEN = 1;
  private static final int WRONG_USAGE = 2;

  private Replay() {}

  /** Exits with 1 if the seed breaks an invariant, and with 2 if it is called wrongly. */
  public static void main(String[] args) {
    System.exit(run(System.out, System.err, args));
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    List<String> rest = args.length == 0 ? List.of() : Arrays.asList(args).subList(1, args.length);
    if (args.length == 0
        || !args[0].matches("[0-9]{1,18}")
        || !rest.stream().allMatch("--trace"::equals)) {
      err.println(USAGE);
      return WRONG_USAGE;
    }
    boolean trace = !rest.isEmpty();
    Report report = World.run(Plan.of(Long.parseLong(args[0])), Mutant.NONE, trace);
    report.tail().forEach(out::println);
    out.printf("seed %s: %,d events, trace %016x%n", args[0], report.events(), report.traceHash());
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
}
