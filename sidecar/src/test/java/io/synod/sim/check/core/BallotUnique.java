package io.synod.sim.check.core;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks I4: a ballot belongs to one process for ever, and has one value per slot. The proof of
 * Paxos rests on this.
 */
public final class BallotUnique implements Checker {
  private final ChosenLog chosenLog;
  private final Map<Ballot, Long> owners = new HashMap<>();
  private Ballot lastBallot = Ballot.NONE;
  private long lastOwner;

  /** Creates a checker that records proposals in this log. */
  public BallotUnique(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Prepare prepare) {
      owned(observedNode, prepare.ballot());
    } else if (message instanceof Message.Accept accept) {
      owned(observedNode, accept.ballot());
      one(new Proposal(accept.slot(), accept.ballot(), accept.batch()), observedNode);
    }
  }

  @Override
  public void written(ObservedNode observedNode, Write write) {
    if (write instanceof Write.Accepted accepted) {
      one(accepted.proposal(), observedNode);
    }
  }

  private void owned(ObservedNode observedNode, Ballot ballot) {
    long owner = ((long) observedNode.node() << 32) | observedNode.process();
    if (owner == lastOwner && ballot.equals(lastBallot)) {
      return;
    }
    Long known = owners.putIfAbsent(ballot, owner);
    boolean foreign =
        ballot.node() != observedNode.node() || ballot.incarnation() != observedNode.incarnation();
    if (foreign || (known != null && known != owner)) {
      throw new Violation(
          "I4",
          "node " + observedNode.node() + " uses ballot " + ballot + " that another process used");
    }
    lastBallot = ballot;
    lastOwner = owner;
  }

  private void one(Proposal proposal, ObservedNode observedNode) {
    if (!chosenLog.firstAt(proposal).equals(proposal.batch())) {
      throw new Violation(
          "I4",
          "node "
              + observedNode.node()
              + ": two values at "
              + proposal.ballot()
              + " in slot "
              + proposal.slot());
    }
  }
}
