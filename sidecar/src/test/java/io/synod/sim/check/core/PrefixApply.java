package io.synod.sim.check.core;

import io.synod.paxos.value.Write;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks I6: a node has applied the slots from 1 on without a hole, and nodes that have applied the
 * same slots have the same state. Without this check, divergence would go unnoticed.
 */
public final class PrefixApply implements Checker {
  private final ChosenLog chosenLog;
  private final Map<Long, Long> digests = new HashMap<>();
  private final Map<Integer, Applied> last = new HashMap<>();

  private record Applied(long slot, long digest) {}

  /** Creates a checker against the chosen prefix. */
  public PrefixApply(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void written(ObservedNode observedNode, Write write) {
    if (write instanceof Write.Applied applied && applied.through() > chosenLog.prefix()) {
      throw new Violation(
          "I6",
          "node "
              + observedNode.node()
              + " applied slot "
              + applied.through()
              + ", the chosen prefix ends at "
              + chosenLog.prefix());
    }
  }

  @Override
  public void cycled(ObservedNode observedNode) {
    long slot = observedNode.appliedSlot();
    // A state that is taken anew may be of the same slot.
    Applied now = new Applied(slot, observedNode.stateDigest());
    boolean same = now.equals(last.put(observedNode.node(), now));
    // A node cannot know that its memory changed until it compares its state with its peers'.
    if (observedNode.isAltered() || slot == 0 || same) {
      return;
    }
    Long digest = digests.putIfAbsent(slot, observedNode.stateDigest());
    if (digest != null && digest != observedNode.stateDigest()) {
      throw new Violation("I6", "node " + observedNode.node() + " differs after slot " + slot);
    }
  }
}
