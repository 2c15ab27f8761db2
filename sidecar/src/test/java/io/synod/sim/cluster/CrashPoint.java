package io.synod.sim.cluster;

/** Counts the effects of a process, and crashes it before a chosen one. */
public final class CrashPoint {
  private long left = Long.MAX_VALUE;
  private String counted = "";
  private String last = "";

  /** Crashes the process before the {@code number}th effect from now. */
  public void endAt(long number) {
    endAt(number, "");
  }

  /** Crashes the process before the {@code number}th effect from now whose name has this prefix. */
  public void endAt(long number, String name) {
    left = number;
    counted = name;
  }

  /** Called before each effect. */
  void before(String effect) {
    if (effect.startsWith(counted) && --left <= 0) {
      // Code that catches the exception must have no effect either.
      counted = "";
      last = effect;
      throw new CrashException(effect);
    }
  }

  /** The effect before which the process crashed; empty if it did not. */
  String endedAt() {
    return last;
  }
}
