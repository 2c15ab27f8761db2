package io.synod.sim.mutant;

import io.synod.sim.Simulation;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.run.RunPlan;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** One seed as something that any class loader can ask for: what it breaks, or null. */
public final class SeedTrial implements LongFunction<@Nullable String> {
  /** Nothing run yet. */
  public SeedTrial() {}

  @Override
  public @Nullable String apply(long seed) {
    Violation violation = Simulation.run(RunPlan.of(seed), InputMutant.NONE, false).violation();
    return violation == null ? null : violation.getMessage();
  }
}
