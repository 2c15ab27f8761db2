package io.synod.sim.check.core;

import io.synod.paxos.value.Command;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * Checks I8: an acknowledged command is in the chosen log at the acknowledged index and slot,
 * durable on a quorum of voters.
 */
public final class AckedDurability implements Checker {
  private final ChosenLog chosenLog;

  /** Creates a checker against the chosen prefix. */
  public AckedDurability(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void acknowledged(ObservedNode observedNode, Command command, Outcome.Applied outcome) {
    Command held = chosenLog.command(outcome.index());
    if (held == null) {
      throw new Violation(
          "I8",
          "node "
              + observedNode.node()
              + " acknowledged index "
              + outcome.index()
              + ", the chosen log ends at "
              + chosenLog.commands());
    }
    if (chosenLog.slotOf(outcome.index()) != outcome.slot()) {
      throw new Violation(
          "I8",
          "index "
              + outcome.index()
              + " is in slot "
              + chosenLog.slotOf(outcome.index())
              + ", acknowledged in "
              + outcome.slot());
    }
  }
}
