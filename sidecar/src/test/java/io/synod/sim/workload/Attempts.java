package io.synod.sim.workload;

import io.synod.runtime.node.Outcome;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * I9: an answer says that it repeats another attempt's if, and only if, another attempt took
 * effect. The log tells which node proposed what took effect; of two attempts at one node it does
 * not tell which.
 */
final class Attempts {
  private final long operation;
  private final Map<Integer, Integer> byNode = new HashMap<>();

  Attempts(long operation) {
    this.operation = operation;
  }

  /** One more attempt is made at this node. */
  void begin(int node) {
    byNode.merge(node, 1, Integer::sum);
  }

  /** The node gave this answer, and {@code proposer} proposed what took effect. */
  void answered(int node, int proposer, Outcome.Applied applied) {
    boolean mustBe = node != proposer;
    boolean mayBe = mustBe || byNode.getOrDefault(node, 0) > 1;
    if (applied.deduplicated() ? !mayBe : mustBe) {
      throw new Violation(
          "I9",
          "operation "
              + operation
              + " took effect by an attempt at node "
              + proposer
              + ", and node "
              + node
              + " answered "
              + applied);
    }
  }
}
