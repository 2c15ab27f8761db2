package io.synod.sim.check;

import io.synod.paxos.Command;
import io.synod.runtime.node.Outcome;

/**
 * I8: what a caller was told is applied is in the chosen log, at that index and slot, held by a
 * quorum of disks. Losing it would be losing what was acknowledged.
 */
public final class AckedDurability implements Judge {
  private final Ghost ghost;

  /** Against the chosen prefix of {@code ghost}. */
  public AckedDurability(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void acknowledged(Seat seat, Command command, Outcome.Applied outcome) {
    Command held = ghost.command(outcome.index());
    if (held == null) {
      throw new Violation(
          "I8",
          "node "
              + seat.node()
              + " acknowledged index "
              + outcome.index()
              + ", the chosen log ends at "
              + ghost.commands());
    }
    if (ghost.slotOf(outcome.index()) != outcome.slot()) {
      throw new Violation(
          "I8",
          "index "
              + outcome.index()
              + " is in slot "
              + ghost.slotOf(outcome.index())
              + ", acknowledged in "
              + outcome.slot());
    }
  }
}
