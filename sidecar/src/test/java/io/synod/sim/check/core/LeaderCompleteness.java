package io.synod.sim.check.core;

import static io.synod.sim.check.Arithmetic.isAbove;

import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * Checks I5: what is proposed in a slot above the ballot at which it was chosen is the chosen
 * value. It finds a wrong phase 1 when the leader sends the proposal, before a second quorum forms.
 */
public final class LeaderCompleteness implements Checker {
  private final ChosenLog chosenLog;

  /** Creates a checker against the votes in this log. */
  public LeaderCompleteness(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Accept accept) {
      checker(observedNode, new Proposal(accept.slot(), accept.ballot(), accept.batch()));
    }
  }

  @Override
  public void written(ObservedNode observedNode, Write write) {
    if (write instanceof Write.Accepted accepted) {
      checker(observedNode, accepted.proposal());
    }
  }

  private void checker(ObservedNode observedNode, Proposal proposal) {
    Proposal chosen = chosenLog.chosen(proposal.slot());
    if (chosen != null
        && isAbove(proposal.ballot(), chosen.ballot())
        && !chosen.batch().equals(proposal.batch())) {
      throw new Violation(
          "I5",
          "node "
              + observedNode.node()
              + ": "
              + proposal
              + ", but "
              + chosen.batch()
              + " was chosen at "
              + chosen.ballot());
    }
  }
}
