package io.synod.sim.check.core;

import io.synod.paxos.value.Message;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * I12: the chosen index that a node tells is that of a chosen command, and no lower than what is
 * applied there, than what its peers told it, and than what it told before.
 */
public final class ChosenIndex implements Checker {
  private final ChosenLog chosenLog;

  /** Against the chosen log of {@code ghost}. */
  public ChosenIndex(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void said(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Heartbeat beat) {
      agree(observedNode, beat.chosenThrough(), beat.chosenIndex());
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
   * A watch at this node would be told {@code chosen}.
   *
   * @param least the highest of what is applied there, was told before, and was heard from peers
   */
  public void told(ObservedNode observedNode, long chosen, long least) {
    if (chosen < least || chosen > chosenLog.commands()) {
      throw new Violation(
          "I12",
          "node "
              + observedNode.node()
              + " tells the chosen index "
              + chosen
              + ", where it must be from "
              + least
              + " to "
              + chosenLog.commands());
    }
  }
}
