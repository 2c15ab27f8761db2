package io.synod.sim.check;

import io.synod.paxos.Ballot;
import io.synod.paxos.Message;
import io.synod.paxos.Proposal;
import io.synod.paxos.Write;
import java.util.HashMap;
import java.util.Map;

/**
 * I4: one process owns a ballot for ever, and under one ballot a slot has one value. Everything
 * Paxos proves rests on this.
 */
public final class BallotUnique implements Judge {
  private final Ghost ghost;
  private final Map<Ballot, Long> owners = new HashMap<>();
  private Ballot lastBallot = Ballot.NONE;
  private long lastOwner;

  /** Over the proposals that {@code ghost} remembers. */
  public BallotUnique(Ghost ghost) {
    this.ghost = ghost;
  }

  @Override
  public void said(Seat seat, int to, Message message) {
    if (message instanceof Message.Prepare prepare) {
      owned(seat, prepare.ballot());
    } else if (message instanceof Message.Accept accept) {
      owned(seat, accept.ballot());
      one(new Proposal(accept.slot(), accept.ballot(), accept.batch()), seat);
    }
  }

  @Override
  public void written(Seat seat, Write write) {
    if (write instanceof Write.Accepted accepted) {
      one(accepted.proposal(), seat);
    }
  }

  private void owned(Seat seat, Ballot ballot) {
    long owner = ((long) seat.node() << 32) | seat.process();
    if (owner == lastOwner && ballot.equals(lastBallot)) {
      return;
    }
    Long known = owners.putIfAbsent(ballot, owner);
    boolean foreign = ballot.node() != seat.node() || ballot.incarnation() != seat.incarnation();
    if (foreign || (known != null && known != owner)) {
      throw new Violation(
          "I4", "node " + seat.node() + " uses ballot " + ballot + " that another process used");
    }
    lastBallot = ballot;
    lastOwner = owner;
  }

  private void one(Proposal proposal, Seat seat) {
    if (!ghost.firstAt(proposal).equals(proposal.batch())) {
      throw new Violation(
          "I4",
          "node "
              + seat.node()
              + ": two values at "
              + proposal.ballot()
              + " in slot "
              + proposal.slot());
    }
  }
}
