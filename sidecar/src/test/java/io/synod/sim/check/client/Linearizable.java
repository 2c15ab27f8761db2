package io.synod.sim.check.client;

import io.synod.sim.check.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks I10: proposals and strong reads are linearizable. An operation that began after another
 * had ended must have a later place in the log. The order of indexes is then a valid linearization,
 * so that the checker need not search for one.
 */
public final class Linearizable {
  private final List<long[]> history = new ArrayList<>();
  private long ended;
  private long now;

  /** An operation begins. Returns the highest index that was observed before. */
  public long begin() {
    return ended;
  }

  /** A proposal that began with {@code floor} was answered with this index. */
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

  /** Sets the true time. */
  public void at(long nowNanos) {
    now = nowNanos;
  }

  /**
   * A read that claims the state at {@code time} must reach every index that was observed by then.
   */
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
