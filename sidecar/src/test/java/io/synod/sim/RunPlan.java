package io.synod.sim;

import java.util.EnumSet;
import java.util.Set;

/**
 * One run: a seed and what is taken away from it.
 *
 * @param faults the kinds that may be drawn
 * @param safetyNanos how long faults may happen
 */
record RunPlan(long seed, Set<FaultKind> faults, long safetyNanos) {
  private static final long SAFETY_NANOS = 6_000_000_000L;

  /** Everything that belongs to the seed. */
  static RunPlan of(long seed) {
    return new RunPlan(seed, EnumSet.allOf(FaultKind.class), SAFETY_NANOS);
  }

  RunPlan without(FaultKind kind) {
    EnumSet<FaultKind> fewer = EnumSet.copyOf(faults);
    fewer.remove(kind);
    return new RunPlan(seed, fewer, safetyNanos);
  }

  RunPlan lasting(long nanos) {
    return new RunPlan(seed, faults, nanos);
  }
}
