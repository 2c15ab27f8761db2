package io.synod.sim.workload;

import io.synod.runtime.node.Outcome;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks I9 for the attempts of one operation: an answer is marked as a repetition if and only if a
 * different attempt took effect. The log shows which node proposed the attempt that took effect,
 * but not which of several attempts at that node.
 */
final class Attempts {
  private final long operation;
  private final Map<Integer, Integer> byNode = new HashMap<>();

  Attempts(long operation) {
    this.operation = operation;
  }

  /** Another attempt was made at this node. */
  void begin(int node) {
    byNode.merge(node, 1, Integer::sum);
  }

  /** The node gave this answer; {@code proposer} proposed the attempt that took effect. */
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
