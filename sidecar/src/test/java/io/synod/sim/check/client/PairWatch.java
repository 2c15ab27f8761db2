package io.synod.sim.check.client;

import io.synod.runtime.node.AppliedLog;
import io.synod.sim.check.Violation;
import io.synod.state.result.Change;
import java.util.List;

/**
 * Checks I12 for watches of pairs: a watcher gets every change of every index once and in order,
 * with all changes of an index together, also after it moves to another node. A list and the
 * changes after it therefore give the current pairs.
 */
public final class PairWatch {
  private final ReferenceModel referenceModel;

  /** Creates a checker against the changes that the reference model made. */
  public PairWatch(ReferenceModel referenceModel) {
    this.referenceModel = referenceModel;
  }

  /** A watcher that had got every change below {@code from} got this page. */
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

  /**
   * A watcher that asked for {@code from} was told that the oldest index left is {@code oldest}.
   */
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
