package io.synod.sim.mutant;

import io.synod.sim.Simulation;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.run.RunPlan;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs one seed, behind an interface that is shared by all class loaders; returns the broken
 * invariant or null.
 */
public final class SeedTrial implements LongFunction<@Nullable String> {
  /** Creates a trial, which has no state. */
  public SeedTrial() {}

  @Override
  public @Nullable String apply(long seed) {
    Violation violation = Simulation.run(RunPlan.of(seed), InputMutant.NONE, false).violation();
    return violation == null ? null : violation.getMessage();
  }
}
