package io.synod.sim.check.client;

import io.synod.sim.check.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * I10: proposals and strong reads are linearizable. The log's index is the witness: whatever began
 * after an operation had ended must stand after it. Then the order by index is one order of
 * operations that every caller could have seen, so no search for another is needed.
 */
public final class Linearizable {
  private final List<long[]> history = new ArrayList<>();
  private long ended;
  private long now;

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
    raise(index);
  }

  /** A strong read that began with {@code floor} saw the log through {@code index}. */
  public void read(long floor, long index) {
    if (index < floor) {
      throw new Violation(
          "I10", "a read that began after index " + floor + " was seen saw only " + index);
    }
    raise(index);
  }

  /** Time has come this far. */
  public void at(long nowNanos) {
    now = nowNanos;
  }

  /** What callers here saw at {@code time} is no newer than this. */
  public void stale(long time, long index) {
    int low = 0;
    int high = history.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (history.get(middle)[0] <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    long known = low == 0 ? 0 : history.get(low - 1)[1];
    if (index < known) {
      throw new Violation(
          "I10",
          "a read of index "
              + index
              + " is older than it says: index "
              + known
              + " was seen before that");
    }
  }

  private void raise(long index) {
    if (index > ended) {
      ended = index;
      history.add(new long[] {now, index});
    }
  }
}
