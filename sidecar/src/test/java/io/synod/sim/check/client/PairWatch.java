package io.synod.sim.check.client;

import io.synod.runtime.node.AppliedLog;
import io.synod.sim.check.Violation;
import io.synod.state.result.Change;
import java.util.List;

/**
 * I12 for pairs: a watcher sees every change of every index, all of one index together, in order
 * and once, wherever it goes on; so a list and what it saw since make what is there.
 */
public final class PairWatch {
  private final ReferenceModel referenceModel;

  /** Against the changes that {@code witness} has. */
  public PairWatch(ReferenceModel referenceModel) {
    this.referenceModel = referenceModel;
  }

  /** A watcher that had seen every change below {@code from} got this page. */
  public void page(int node, long from, AppliedLog.Page page) {
    long next = from;
    for (AppliedLog.Item item : page.entries()) {
      for (; next < item.index(); next++) {
        compare(node, next, List.of());
      }
      compare(node, next++, item.changes());
    }
    for (; next < page.next(); next++) {
      compare(node, next, List.of());
    }
  }

  /** A watcher that asked for {@code from} was told that the past is gone up to {@code oldest}. */
  public void compacted(long from, long oldest) {
    if (from >= oldest) {
      throw new Violation(
          "I12", "index " + from + " is said to be gone, and " + oldest + " is not");
    }
  }

  private void compare(int node, long index, List<Change> shown) {
    List<Change> made = referenceModel.changesAt(index);
    if (!made.equals(shown)) {
      throw new Violation(
          "I12",
          "node " + node + " shows at index " + index + " " + shown + ", changed was " + made);
    }
  }
}
