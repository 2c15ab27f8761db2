package io.synod.sim;

import io.synod.sim.check.Violation;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.run.FaultKind;
import io.synod.sim.run.RunPlan;
import io.synod.sim.run.RunReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * Reduces a failing run to fewer kinds of faults and a shorter phase of faults, and explains it.
 */
final class Shrinker {
  private static final int LINES = 120;

  private Shrinker() {}

  /** The smallest plan found that breaks the same invariant. */
  static RunPlan shrink(RunPlan failing, String invariant) {
    RunPlan plan = failing;
    for (FaultKind kind : FaultKind.values()) {
      RunPlan smaller = plan.without(kind);
      if (breaks(smaller, invariant)) {
        plan = smaller;
      }
    }
    for (long cut = plan.safetyNanos() / 2; cut > 50_000_000L; cut /= 2) {
      RunPlan shorter = plan.lasting(plan.safetyNanos() - cut);
      if (breaks(shorter, invariant)) {
        plan = shorter;
      }
    }
    return plan;
  }

  private static boolean breaks(RunPlan plan, String invariant) {
    Violation violation = Simulation.run(plan, InputMutant.NONE, false).violation();
    return violation != null && violation.invariant().equals(invariant);
  }

  /** The violation, the end of the smallest trace, and the command that replays it. */
  static String explain(RunReport report) {
    Violation violation = report.violation();
    if (violation == null) {
      return "seed " + report.plan().seed() + " holds";
    }
    RunPlan plan = shrink(report.plan(), violation.invariant());
    RunReport small = Simulation.run(plan, InputMutant.NONE, true);
    Violation seen = small.violation() == null ? violation : small.violation();
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    out.println("seed " + plan.seed() + " breaks " + violation.getMessage());
    out.println("shrunk to " + plan.safetyNanos() / 1_000_000 + " ms of " + plan.faults());
    List<String> tail = small.tail();
    for (String line : tail.subList(Math.max(0, tail.size() - LINES), tail.size())) {
      out.println(line);
    }
    if (seen.getCause() != null) {
      seen.getCause().printStackTrace(out);
    }
    out.println(
        "again: mvn -pl sidecar -am test -Dtest=SimulationTest"
            + " -Dsim.from="
            + plan.seed()
            + " -Dsim.seeds=1");
    out.flush();
    return text.toString();
  }
}
