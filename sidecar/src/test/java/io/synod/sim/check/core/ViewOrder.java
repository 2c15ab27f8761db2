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
 * Checks I3 and I16 for the view of a replica after a turn. Its promise never falls, and is no
 * lower than the one on its disk. A leader's promise is its own ballot, and a follower's promise is
 * not above its leader's ballot. What the replica has applied, it knows to be chosen, and it is in
 * the chosen prefix.
 */
public final class ViewOrder implements Checker {
  private final ChosenLog chosenLog;
  private final Map<Integer, Before> before = new HashMap<>();

  private record Before(int process, Ballot promised, long chosenThrough) {}

  /** Creates a checker against the chosen prefix. */
  public ViewOrder(ChosenLog chosenLog) {
    this.chosenLog = chosenLog;
  }

  @Override
  public void viewed(ObservedNode observedNode, View view) {
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
        "applied a slot that it does not know to be chosen",
        view);
    require(
        "I16",
        view.chosenThrough() <= chosenLog.prefix(),
        observedNode,
        "knows more slots chosen than the prefix has",
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
              + ", applied slot "
              + observedNode.appliedSlot()
              + ", chosen through "
              + view.chosenThrough());
    }
  }
}
