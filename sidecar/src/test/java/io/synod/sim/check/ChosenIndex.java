package io.synod.sim.check;

import io.synod.paxos.Message;

/**
 * I12: the chosen index that a node tells is that of a chosen command, and no lower than what is
 * applied there, than what its peers told it, and than what it told before.
 */
public final class ChosenIndex implements Judge {
  private final Ghost ghost;

  /** Against the chosen log of {@code ghost}. */
  public ChosenIndex(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void said(Seat seat, int to, Message message) {
    if (message instanceof Message.Heartbeat beat) {
      agree(seat, beat.chosenThrough(), beat.chosenIndex());
    } else if (message instanceof Message.HeartbeatAck ack) {
      agree(seat, ack.chosenThrough(), ack.chosenIndex());
    }
  }

  private void agree(Seat seat, long slot, long index) {
    if (ghost.prefix() >= slot && ghost.commandsThrough(slot) != index) {
      throw new Violation(
          "I12",
          "node "
              + seat.node()
              + " says that the slots up to "
              + slot
              + " hold "
              + index
              + " commands, and they hold "
              + ghost.commandsThrough(slot));
    }
  }

  /**
   * A watch at this node would be told {@code chosen}.
   *
   * @param least the highest of what is applied there, was told before, and was heard from peers
   */
  public void told(Seat seat, long chosen, long least) {
    if (chosen < least || chosen > ghost.commands()) {
      throw new Violation(
          "I12",
          "node "
              + seat.node()
              + " tells the chosen index "
              + chosen
              + ", where it must be from "
              + least
              + " to "
              + ghost.commands());
    }
  }
}
