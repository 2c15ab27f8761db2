package io.synod.sim.cluster;

/** Counts the effects of one process and ends it at the chosen one. */
public final class CrashPoint {
  private long left = Long.MAX_VALUE;
  private String counted = "";
  private String last = "";

  /** The process shall end at the {@code number}th effect from now. */
  public void endAt(long number) {
    endAt(number, "");
  }

  /** The process shall end at the {@code number}th effect from now whose name begins so. */
  public void endAt(long number, String name) {
    left = number;
    counted = name;
  }

  /** An effect is about to happen. */
  void before(String effect) {
    if (effect.startsWith(counted) && --left <= 0) {
      // Whoever catches this does nothing more either.
      counted = "";
      last = effect;
      throw new CrashException(effect);
    }
  }

  /** Where the process ended; empty if it did not. */
  String endedAt() {
    return last;
  }
}
