package io.synod.sim.check;

import static io.synod.sim.check.Arithmetic.isAbove;

import io.synod.paxos.Ballot;
import io.synod.paxos.Message;
import io.synod.paxos.Recovered;
import io.synod.paxos.Write;
import java.util.HashMap;
import java.util.Map;

/**
 * I3: what one disk promised never falls, over every restart, and nothing is voted for below it. A
 * fallen promise lets an old leader choose beside a new one.
 */
public final class PromiseMonotone implements Judge {
  // By the identity of a disk: a wiped one is another.
  private final Map<Long, Ballot> highest = new HashMap<>();

  @Override
  public void began(Seat seat, Recovered found) {
    Ballot before = highest.getOrDefault(seat.incarnation(), Ballot.NONE);
    if (isAbove(before, found.promised())) {
      throw new Violation(
          "I3",
          "node " + seat.node() + " had promised " + before + " and found " + found.promised());
    }
  }

  @Override
  public void written(Seat seat, Write write) {
    if (write instanceof Write.Accepted accepted) {
      Ballot before = highest.getOrDefault(seat.incarnation(), Ballot.NONE);
      if (isAbove(before, accepted.proposal().ballot())) {
        throw new Violation(
            "I3",
            "node "
                + seat.node()
                + " promised "
                + before
                + " and votes at "
                + accepted.proposal().ballot());
      }
    }
  }

  @Override
  public void synced(Seat seat, Write write) {
    if (write instanceof Write.Promised || write instanceof Write.Accepted) {
      raise(seat, seat.durable().promised());
    }
  }

  @Override
  public void said(Seat seat, int to, Message message) {
    if (message instanceof Message.Promise promise) {
      raise(seat, promise.ballot());
    }
  }

  private void raise(Seat seat, Ballot ballot) {
    Ballot before = highest.get(seat.incarnation());
    if (before == null || isAbove(ballot, before)) {
      highest.put(seat.incarnation(), ballot);
    }
  }
}
