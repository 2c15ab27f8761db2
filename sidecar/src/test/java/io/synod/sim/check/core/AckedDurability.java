package io.synod.sim.check.core;

import io.synod.paxos.value.Command;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * I8: what a caller was told is applied is in the chosen log, at that index and slot, held by a
 * quorum of disks. Losing it would be losing what was acknowledged.
 */
public final class AckedDurability implements Checker {
  private final ChosenLog chosenLog;

  /** Against the chosen prefix of {@code ghost}. */
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
