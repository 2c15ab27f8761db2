package io.synod.sim.check.core;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Message;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks I27: a leader proposes in a slot only once the slot's voters are certain, and only at a
 * ballot that a quorum of them promised. It is elected by the voters of the first slots, and may
 * lead into slots of others.
 */
final class PromisedQuorum implements Checker {
  private final ChosenLog chosenLog;
  private final int distance;
  private final Map<Ballot, Set<Member>> promises = new HashMap<>();

  /**
   * Creates it before the first promise.
   *
   * @param distance how many slots after its own a membership governs
   */
  PromisedQuorum(ChosenLog chosenLog, int distance) {
    this.chosenLog = chosenLog;
    this.distance = distance;
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Promise promise) {
      promised(observedNode, promise.ballot());
    }
  }

  @Override
  public void happened(ObservedNode observedNode, Event event) {
    if (event instanceof Event.Proposed proposed) {
      if (proposed.slot() > chosenLog.prefix() + distance) {
        throw new Violation(
            "I27",
            "node "
                + observedNode.node()
                + " proposes in slot "
                + proposed.slot()
                + ", but another membership for it may be chosen above slot "
                + chosenLog.prefix());
      }
      Ballot ballot = proposed.ballot();
      if (observedNode.durable().promised().equals(ballot)) {
        promised(observedNode, ballot);
      }
      Set<Member> voters = chosenLog.votersBySlot().of(proposed.slot());
      Set<Member> promising = new HashSet<>(promises.getOrDefault(ballot, Set.of()));
      promising.retainAll(voters);
      if (promising.size() * 2 <= voters.size()) {
        throw new Violation(
            "I27",
            "node "
                + observedNode.node()
                + " proposes in slot "
                + proposed.slot()
                + " at "
                + ballot
                + ", which of its voters "
                + voters
                + " only these promised: "
                + promising);
      }
    }
  }

  private void promised(ObservedNode observedNode, Ballot ballot) {
    promises.computeIfAbsent(ballot, key -> new HashSet<>()).add(observedNode.member());
  }
}
