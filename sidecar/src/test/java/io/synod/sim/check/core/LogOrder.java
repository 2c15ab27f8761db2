package io.synod.sim.check.core;

import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks I16: archived is at most applied, applied is at most chosen, and each only grows.
 * Archiving a slot before it is chosen could not be undone.
 */
public final class LogOrder implements Checker {
  private final ChosenLog chosenLog;
  private final Map<Integer, Long> applied = new HashMap<>();

  /** Creates a checker against the chosen prefix. */
  public LogOrder(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void began(ObservedNode observedNode, Recovered found) {
    if (found.archivedThrough() > found.chosenThrough()) {
      throw new Violation(
          "I16",
          "node "
              + observedNode.node()
              + " archived "
              + found.archivedThrough()
              + " and knows slots chosen to "
              + found.chosenThrough());
    }
    if (found.chosenThrough() > chosenLog.prefix()) {
      throw new Violation(
          "I16",
          "node "
              + observedNode.node()
              + " recovered slots chosen to "
              + found.chosenThrough()
              + ", the prefix ends at "
              + chosenLog.prefix());
    }
    applied.put(observedNode.node(), 0L);
  }

  @Override
  public void written(ObservedNode observedNode, Write write) {
    if (write instanceof Write.Applied through) {
      Long before = applied.put(observedNode.node(), through.through());
      if (before != null && before > through.through()) {
        throw new Violation(
            "I16",
            "node " + observedNode.node() + " applied " + through.through() + " after " + before);
      }
    }
  }

  @Override
  public void cycled(ObservedNode observedNode) {
    if (observedNode.sealedThrough() > observedNode.durable().applied()) {
      throw new Violation(
          "I16",
          "node "
              + observedNode.node()
              + " archived slot "
              + observedNode.sealedThrough()
              + ", durably applied is "
              + observedNode.durable().applied());
    }
  }
}
