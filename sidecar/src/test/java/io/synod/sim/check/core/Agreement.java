package io.synod.sim.check.core;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * Checks I1: no slot has two chosen values. It counts durable votes, so that two concurrent leaders
 * are found when the second quorum forms, before a client reads either value.
 */
public final class Agreement implements Checker {
  private final ChosenLog chosenLog;

  /** Creates a checker that feeds this chosen log; it must come before the other checkers. */
  public Agreement(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void happened(ObservedNode observedNode, Event event) {
    if (event instanceof Event.Formed formed) {
      chosenLog.form(formed.formation());
    }
  }

  @Override
  public void synced(ObservedNode observedNode, Write write) {
    Proposal proposal = ChosenLog.votedFor(write);
    if (proposal != null) {
      vote(observedNode, proposal);
    }
  }

  private void vote(ObservedNode observedNode, Proposal proposal) {
    Proposal chosen = chosenLog.vote(observedNode, proposal).chosen();
    boolean differs = chosen != null && !chosen.batch().equals(proposal.batch());
    if (differs && chosenLog.hadQuorum(proposal)) {
      throw new Violation(
          "I1", "slot " + proposal.slot() + " is chosen twice: " + chosen + " and " + proposal);
    }
  }
}
