package io.synod.sim.check.core;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Proposal;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * Checks I2: a value that a node takes for chosen is durable on the disks of a quorum of voters. It
 * finds a leader that counts votes which are not durable before anything is lost.
 */
public final class QuorumDurable implements Checker {
  private final ChosenLog chosenLog;

  /** Creates a checker against the votes in this log. */
  public QuorumDurable(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void happened(ObservedNode observedNode, Event event) {
    if (event instanceof Event.Learned learned) {
      checker(observedNode, learned.slot());
    } else if (event instanceof Event.QuorumReached reached) {
      checker(observedNode, reached.slot());
    }
  }

  private void checker(ObservedNode observedNode, long slot) {
    Proposal chosen = chosenLog.chosen(slot);
    if (chosen == null) {
      throw new Violation(
          "I2",
          "node "
              + observedNode.node()
              + " takes slot "
              + slot
              + " for chosen; no quorum has it durably");
    }
    Batch held = observedNode.written().batch(slot);
    if (held != null && !held.equals(chosen.batch())) {
      throw new Violation(
          "I2", "node " + observedNode.node() + " takes another value for chosen in slot " + slot);
    }
  }
}
