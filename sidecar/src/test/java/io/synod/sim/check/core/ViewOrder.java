package io.synod.sim.check.core;

import static io.synod.sim.check.Arithmetic.isAbove;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.Map;

/**
 * I3 and I16, of what a replica believes after a turn: its promise never falls and is no lower than
 * that on its disk; a leader is bound to its own ballot, and a follower to none above its leader's;
 * what it applied it knows to be chosen, and a quorum holds that durably.
 */
public final class ViewOrder implements Checker {
  private final ChosenLog chosenLog;
  private final Map<Integer, Before> before = new HashMap<>();

  private record Before(int process, Ballot promised, long chosenThrough) {}

  /** Against the chosen prefix of {@code chosenLog}. */
  public ViewOrder(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void believes(ObservedNode observedNode, View view) {
    Ballot promised = view.promised();
    Before last = before.get(observedNode.node());
    if (last != null && last.process == observedNode.process()) {
      require("I3", !isAbove(last.promised, promised), observedNode, "lowers its promise", view);
      require(
          "I16",
          view.chosenThrough() >= last.chosenThrough,
          observedNode,
          "takes chosen slots back",
          view);
    }
    before.put(
        observedNode.node(), new Before(observedNode.process(), promised, view.chosenThrough()));
    require(
        "I3",
        !isAbove(observedNode.durable().promised(), promised),
        observedNode,
        "is bound to less than its disk",
        view);
    boolean bound =
        view.role() == View.Role.LEADER
            ? promised.equals(view.leader())
            : view.leader().isNone() || !isAbove(promised, view.leader());
    require("I3", bound, observedNode, "follows or leads below its promise", view);
    require(
        "I16",
        observedNode.appliedSlot() <= view.chosenThrough(),
        observedNode,
        "applied slot " + observedNode.appliedSlot() + ", which it does not know to be chosen",
        view);
    require(
        "I16",
        view.chosenThrough() <= chosenLog.prefix(),
        observedNode,
        "knows more slots chosen than the prefix, which ends at " + chosenLog.prefix(),
        view);
  }

  private static void require(
      String invariant, boolean holds, ObservedNode observedNode, String otherwise, View view) {
    if (!holds) {
      throw new Violation(
          invariant,
          "node "
              + observedNode.node()
              + " "
              + otherwise
              + ": it is "
              + view.role()
              + ", promised "
              + view.promised()
              + ", leader "
              + view.leader()
              + ", chosen through "
              + view.chosenThrough());
    }
  }
}
