package io.synod.sim;

import java.util.EnumSet;
import java.util.Set;

/**
 * One run: a seed and what is taken away from it.
 *
 * @param faults the kinds that may be drawn
 * @param safetyNanos how long faults may happen
 */
record Plan(long seed, Set<FaultKind> faults, long safetyNanos) {
  private static final long SAFETY_NANOS = 6_000_000_000L;

  /** Everything that belongs to the seed. */
  static Plan of(long seed) {
    return new Plan(seed, EnumSet.allOf(FaultKind.class), SAFETY_NANOS);
  }

  Plan without(FaultKind kind) {
    EnumSet<FaultKind> fewer = EnumSet.copyOf(faults);
    fewer.remove(kind);
    return new Plan(seed, fewer, safetyNanos);
  }

  Plan lasting(long nanos) {
    return new Plan(seed, faults, nanos);
  }
}
