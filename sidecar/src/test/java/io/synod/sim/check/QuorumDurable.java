package io.synod.sim.check;

import io.synod.paxos.Batch;
import io.synod.paxos.Event;
import io.synod.paxos.Proposal;

/**
 * I2: what a node takes for chosen is on the platters of a quorum of voters, with that value. A
 * leader that counts votes which are not durable is caught here before anything is lost.
 */
public final class QuorumDurable implements Judge {
  private final Ghost ghost;

  /** Over the votes that {@code ghost} counts. */
  public QuorumDurable(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void happened(Seat seat, Event event) {
    if (event instanceof Event.Learned learned) {
      judge(seat, learned.slot());
    } else if (event instanceof Event.QuorumReached reached) {
      judge(seat, reached.slot());
    }
  }

  private void judge(Seat seat, long slot) {
    Proposal chosen = ghost.chosen(slot);
    if (chosen == null) {
      throw new Violation(
          "I2",
          "node " + seat.node() + " takes slot " + slot + " for chosen; no quorum has it durably");
    }
    Batch held = seat.written().batch(slot);
    if (held != null && !held.equals(chosen.batch())) {
      throw new Violation(
          "I2", "node " + seat.node() + " takes another value for chosen in slot " + slot);
    }
  }
}
