package io.synod.sim;

/** Counts the effects of one process and ends it at the chosen one. */
final class Effects {
  private long left = Long.MAX_VALUE;
  private String last = "";

  /** The process shall end at the {@code number}th effect from now. */
  void endAt(long number) {
    left = number;
  }

  /** An effect is about to happen. */
  void before(String effect) {
    if (--left <= 0) {
      last = effect;
      throw new Crashed(effect);
    }
  }

  /** Where the process ended; empty if it did not. */
  String endedAt() {
    return last;
  }
}
