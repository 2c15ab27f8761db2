package io.synod.sim.check;

/**
 * I10: proposals and strong reads are linearizable. The log's index is the witness: whatever began
 * after an operation had ended must stand after it. Then the order by index is one order of
 * operations that every caller could have seen, so no search for another is needed.
 */
public final class Linearizable {
  private long ended;

  /** An operation begins. Returns what it must not be before. */
  public long begin() {
    return ended;
  }

  /** A proposal that began with {@code floor} has this index. */
  public void proposed(long floor, long index) {
    if (index <= floor) {
      throw new Violation(
          "I10", "a proposal that began after index " + floor + " was seen has index " + index);
    }
    ended = Math.max(ended, index);
  }

  /** A strong read that began with {@code floor} saw the log through {@code index}. */
  public void read(long floor, long index) {
    if (index < floor) {
      throw new Violation(
          "I10", "a read that began after index " + floor + " was seen saw only " + index);
    }
    ended = Math.max(ended, index);
  }
}
