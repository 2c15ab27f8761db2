package io.synod.sim.run;

import java.util.EnumSet;
import java.util.Set;

/**
 * One run: a seed and what is taken away from it.
 *
 * @param faults the kinds that may be drawn
 * @param safetyNanos how long faults may happen
 */
public record RunPlan(long seed, Set<FaultKind> faults, long safetyNanos) {
  private static final long SAFETY_NANOS = 6_000_000_000L;

  /** Everything that belongs to the seed. */
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
