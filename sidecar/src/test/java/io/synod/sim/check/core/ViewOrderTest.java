package io.synod.sim.check.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.Settings;
import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewOrderTest {
  private static final Ballot LOW = new Ballot(1, 0, 1, 11);
  private static final Ballot HIGH = new Ballot(2, 0, 2, 12);

  private final ObservedNode observedNode = new ObservedNode(1);
  private final ViewOrder viewOrder = new ViewOrder(new ChosenLog(Settings.MEMBERSHIP_DISTANCE));

  ViewOrderTest() {
    observedNode.begin(11);
  }

  private static View view(View.Role role, Ballot promised, Ballot leader, long chosenThrough) {
    var electorate = new View.Electorate(List.of(), 0, 0, List.of(), List.of());
    return new View(role, promised, leader, chosenThrough, 0, 0, 0, 0, 0, electorate, List.of());
  }

  private void breaks(String invariant, View view) {
    assertThatThrownBy(() -> viewOrder.viewed(observedNode, view))
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo(invariant));
  }

  @Test
  void letsANodeFollowALeaderThatItPromisedNothing() {
    viewOrder.viewed(observedNode, view(View.Role.FOLLOWER, LOW, HIGH, 0));
    viewOrder.viewed(observedNode, view(View.Role.LEADER, HIGH, HIGH, 0));
  }

  @Test
  void refusesAPromiseThatFallsUnlessAnotherProcessBegan() {
    viewOrder.viewed(observedNode, view(View.Role.FOLLOWER, HIGH, Ballot.NONE, 0));
    breaks("I3", view(View.Role.FOLLOWER, LOW, Ballot.NONE, 0));
    observedNode.begin(11);
    viewOrder.viewed(observedNode, view(View.Role.FOLLOWER, LOW, Ballot.NONE, 0));
  }

  @Test
  void refusesAPromiseBelowThatOnTheDisk() {
    observedNode.durable().take(new Write.Promised(HIGH));
    breaks("I3", view(View.Role.FOLLOWER, LOW, Ballot.NONE, 0));
  }

  @Test
  void refusesALeaderThatPromisedAnotherAndAFollowerBelowItsPromise() {
    breaks("I3", view(View.Role.LEADER, HIGH, LOW, 0));
    breaks("I3", view(View.Role.FOLLOWER, HIGH, LOW, 0));
  }

  @Test
  void refusesWhatIsAppliedOrKnownChosenBeforeAQuorumHasIt() {
    breaks("I16", view(View.Role.FOLLOWER, LOW, LOW, 1));
    observedNode.applied(1, 77, 0);
    breaks("I16", view(View.Role.FOLLOWER, LOW, LOW, 0));
  }
}
