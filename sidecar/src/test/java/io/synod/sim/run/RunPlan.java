package io.synod.sim.run;

import java.util.EnumSet;
import java.util.Set;

/**
 * The plan of a run: a seed, and reductions of what it draws.
 *
 * @param faults the kinds that may be drawn
 * @param safetyNanos the length of the phase of faults
 */
public record RunPlan(long seed, Set<FaultKind> faults, long safetyNanos) {
  private static final long SAFETY_NANOS = 6_000_000_000L;

  /** The plan of a seed without any reduction. */
  public static RunPlan of(long seed) {
    return new RunPlan(seed, EnumSet.allOf(FaultKind.class), SAFETY_NANOS);
  }

  public RunPlan without(FaultKind kind) {
    EnumSet<FaultKind> fewer = EnumSet.copyOf(faults);
    fewer.remove(kind);
    return new RunPlan(seed, fewer, safetyNanos);
  }

  public RunPlan lasting(long nanos) {
    return new RunPlan(seed, faults, nanos);
  }
}
