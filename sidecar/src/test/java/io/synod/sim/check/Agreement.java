package io.synod.sim.check;

import io.synod.paxos.Event;
import io.synod.paxos.Proposal;
import io.synod.paxos.Write;

/**
 * I1: no slot ever has two chosen values. Counted from durable votes, so that two leaders who both
 * believe themselves in office are caught when the second quorum forms, not when somebody reads.
 */
public final class Agreement implements Judge {
  private final Ghost ghost;

  /** Over the votes that {@code ghost} counts; this judge must come first: it feeds the ghost. */
  public Agreement(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void happened(Seat seat, Event event) {
    if (event instanceof Event.Formed formed) {
      ghost.form(formed.formation());
    }
  }

  @Override
  public void synced(Seat seat, Write write) {
    Proposal proposal = Ghost.votedFor(write);
    if (proposal != null) {
      vote(seat, proposal);
    }
  }

  private void vote(Seat seat, Proposal proposal) {
    Proposal chosen = ghost.vote(seat, proposal).chosen();
    boolean differs = chosen != null && !chosen.batch().equals(proposal.batch());
    if (differs && ghost.hadQuorum(proposal)) {
      throw new Violation(
          "I1", "slot " + proposal.slot() + " is chosen twice: " + chosen + " and " + proposal);
    }
  }
}
