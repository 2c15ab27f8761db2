package io.synod.sim.check.core;

import static io.synod.sim.check.Arithmetic.isAbove;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks I3: the promise of a disk never falls, across all restarts, and no vote is below it. After
 * a fallen promise, an old leader could get a value chosen beside a new one.
 */
public final class PromiseMonotone implements Checker {
  // By incarnation: a wiped disk is a different one.
  private final Map<Long, Ballot> highest = new HashMap<>();

  @Override
  public void began(ObservedNode observedNode, Recovered found) {
    Ballot before = highest.getOrDefault(observedNode.incarnation(), Ballot.NONE);
    if (isAbove(before, found.promised())) {
      throw new Violation(
          "I3",
          "node "
              + observedNode.node()
              + " had promised "
              + before
              + " and found "
              + found.promised());
    }
  }

  @Override
  public void written(ObservedNode observedNode, Write write) {
    if (write instanceof Write.Accepted accepted) {
      Ballot before = highest.getOrDefault(observedNode.incarnation(), Ballot.NONE);
      if (isAbove(before, accepted.proposal().ballot())) {
        throw new Violation(
            "I3",
            "node "
                + observedNode.node()
                + " promised "
                + before
                + " and votes at "
                + accepted.proposal().ballot());
      }
    }
  }

  @Override
  public void synced(ObservedNode observedNode, Write write) {
    if (write instanceof Write.Promised || write instanceof Write.Accepted) {
      raise(observedNode, observedNode.durable().promised());
    }
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Promise promise) {
      raise(observedNode, promise.ballot());
    }
  }

  private void raise(ObservedNode observedNode, Ballot ballot) {
    Ballot before = highest.get(observedNode.incarnation());
    if (before == null || isAbove(ballot, before)) {
      highest.put(observedNode.incarnation(), ballot);
    }
  }
}
