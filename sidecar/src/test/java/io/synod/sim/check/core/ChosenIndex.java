package io.synod.sim.check.core;

import io.synod.paxos.value.Message;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * Checks I12 for the chosen index that a node reports: it is the index of a chosen command, and no
 * lower than the applied index, than what its peers reported to it, and than its own earlier
 * reports.
 */
public final class ChosenIndex implements Checker {
  private final ChosenLog chosenLog;

  /** Creates a checker against the chosen log. */
  public ChosenIndex(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Heartbeat heartbeat) {
      agree(observedNode, heartbeat.chosenThrough(), heartbeat.chosenIndex());
    } else if (message instanceof Message.HeartbeatAck ack) {
      agree(observedNode, ack.chosenThrough(), ack.chosenIndex());
    }
  }

  private void agree(ObservedNode observedNode, long slot, long index) {
    if (chosenLog.prefix() >= slot && chosenLog.commandsThrough(slot) != index) {
      throw new Violation(
          "I12",
          "node "
              + observedNode.node()
              + " says that the slots up to "
              + slot
              + " hold "
              + index
              + " commands, and they hold "
              + chosenLog.commandsThrough(slot));
    }
  }

  /**
   * A watch at this node would report {@code chosen}.
   *
   * @param least the highest of the applied index, the index last reported and those received from
   *     peers
   */
  public void onReported(ObservedNode observedNode, long chosen, long least) {
    if (chosen < least || chosen > chosenLog.commands()) {
      throw new Violation(
          "I12",
          "node "
              + observedNode.node()
              + " reports the chosen index "
              + chosen
              + ", where it must be from "
              + least
              + " to "
              + chosenLog.commands());
    }
  }
}
