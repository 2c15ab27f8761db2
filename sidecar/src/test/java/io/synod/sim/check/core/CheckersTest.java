package io.synod.sim.check.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Tests the checkers of the core: each must accept correct steps and report a wrong one. */
class CheckersTest {
  private static final Ballot LOW = new Ballot(1, 0, 1, 11);
  private static final Ballot HIGH = new Ballot(2, 0, 2, 12);

  private final Checkers checkers = new Checkers();
  private final List<ObservedNode> observedNodes = new ArrayList<>();

  CheckersTest() {
    for (int node = 1; node <= 3; node++) {
      ObservedNode observedNode = new ObservedNode(node);
      observedNode.begin(10 + node);
      observedNodes.add(observedNode);
    }
    Formation formation = new Formation(Map.of(1, 11L, 2, 12L, 3, 13L));
    checkers.happened(observedNodes.get(0), new Event.Formed(formation, true));
  }

  @Test
  void letsAQuorumChooseAndAnotherLeaderGoOnWithIt() {
    vote(1, proposal(LOW, "a"));
    vote(2, proposal(LOW, "a"));
    assertThat(checkers.chosenLog().prefix()).isEqualTo(1);
    checkers.happened(observedNodes.get(2), new Event.Learned(1, LOW, Chosen.How.FROM_LEADER));
    vote(2, proposal(HIGH, "a"));
    vote(3, proposal(HIGH, "a"));
  }

  @Test
  void refusesASecondValueAtAHigherBallot() {
    vote(1, proposal(LOW, "a"));
    vote(2, proposal(LOW, "a"));
    breaks("I5", () -> vote(3, proposal(HIGH, "b")));
  }

  @Test
  void refusesASecondChosenValue() {
    vote(1, proposal(LOW, "a"));
    vote(2, proposal(HIGH, "b"));
    vote(3, proposal(HIGH, "b"));
    ObservedNode returned = observedNodes.get(1);
    returned.begin(12);
    breaks(
        "I1",
        () -> {
          checkers.synced(returned, new Write.Accepted(proposal(LOW, "a")));
          checkers.synced(observedNodes.get(2), new Write.Accepted(proposal(LOW, "a")));
        });
  }

  @Test
  void refusesTwoValuesAtOneBallot() {
    vote(1, proposal(LOW, "a"));
    breaks("I4", () -> vote(2, proposal(LOW, "b")));
  }

  @Test
  void refusesABallotOfAnEarlierProcess() {
    write(1, new Write.Promised(LOW));
    checkers.onSent(observedNodes.get(0), 2, new Message.Prepare(LOW, 1));
    observedNodes.get(0).begin(11);
    breaks("I4", () -> checkers.onSent(observedNodes.get(0), 2, new Message.Prepare(LOW, 1)));
  }

  @Test
  void refusesToTakeForChosenWhatNoQuorumHolds() {
    vote(1, proposal(LOW, "a"));
    breaks("I2", () -> checkers.happened(observedNodes.get(0), new Event.QuorumReached(1, LOW)));
  }

  @Test
  void refusesAVoteBelowThePromise() {
    write(1, new Write.Promised(HIGH));
    breaks("I3", () -> vote(1, proposal(LOW, "a")));
  }

  @Test
  void refusesAPromiseThatFellOverARestart() {
    write(1, new Write.Promised(HIGH));
    breaks("I3", () -> checkers.began(observedNodes.get(0), Recovered.empty()));
  }

  @Test
  void refusesAVowThatIsNotDurable() {
    breaks("I7", () -> checkers.onSent(observedNodes.get(0), 2, new Message.Accepted(LOW, 1, 1)));
    breaks("I7", () -> checkers.onSent(observedNodes.get(1), 1, new Message.Prepare(HIGH, 1)));
  }

  @Test
  void refusesAPromiseThatConcealsAVote() {
    vote(1, proposal(LOW, "a"));
    write(1, new Write.Promised(HIGH));
    Message silent = new Message.Promise(HIGH, 1, List.of(), Long.MAX_VALUE, 0, 0);
    breaks("I7", () -> checkers.onSent(observedNodes.get(0), 2, silent));
  }

  @Test
  void letsAPromiseLeaveOutWhatANodeWasOnlyTold() {
    write(1, new Write.Promised(HIGH));
    write(1, new Write.Learned(proposal(LOW, "a")));
    Message silent = new Message.Promise(HIGH, 1, List.of(), Long.MAX_VALUE, 0, 0);
    checkers.onSent(observedNodes.get(0), 2, silent);
  }

  @Test
  void refusesAPromiseThatConcealsAVoteWhoseValueWasToldLater() {
    vote(1, proposal(LOW, "a"));
    write(1, new Write.Promised(HIGH));
    write(1, new Write.Learned(proposal(LOW, "a")));
    Message silent = new Message.Promise(HIGH, 1, List.of(), Long.MAX_VALUE, 0, 0);
    breaks("I7", () -> checkers.onSent(observedNodes.get(0), 2, silent));
  }

  @Test
  void refusesAProposalWhoseBallotNoQuorumPromised() {
    Event proposed = new Event.Proposed(1, LOW, 1, 1);
    write(1, new Write.Promised(LOW));
    breaks("I27", () -> checkers.happened(observedNodes.get(0), proposed));
    write(2, new Write.Promised(LOW));
    Message promise = new Message.Promise(LOW, 1, List.of(), Long.MAX_VALUE, 0, 0);
    checkers.onSent(observedNodes.get(1), 1, promise);
    checkers.happened(observedNodes.get(0), proposed);
  }

  @Test
  void refusesAnAppliedSlotThatIsNotChosen() {
    breaks("I6", () -> checkers.written(observedNodes.get(0), new Write.Applied(1, List.of())));
  }

  @Test
  void refusesStateThatDiffersAtOneSlot() {
    observedNodes.get(0).applied(1, 77, 0);
    observedNodes.get(1).applied(1, 78, 0);
    checkers.cycled(observedNodes.get(0));
    breaks("I6", () -> checkers.cycled(observedNodes.get(1)));
  }

  @Test
  void refusesAnAcknowledgementOfWhatIsNotChosen() {
    Outcome.Applied applied = new Outcome.Applied(1, 1, LOW, false, 0);
    breaks("I8", () -> checkers.acknowledged(observedNodes.get(0), command("a"), applied));
  }

  @Test
  void refusesAnArchiveBeyondWhatWasApplied() {
    observedNodes.get(0).applied(0, 0, 3);
    breaks("I16", () -> checkers.cycled(observedNodes.get(0)));
  }

  @Test
  void refusesAnElectionBesideAnUndisturbedLeader() {
    Stability stability = new Stability(() -> 1);
    stability.happened(
        observedNodes.get(1), new Event.ElectionStarted(HIGH, "the leader hands over"));
    breaks(
        "I21",
        () ->
            stability.happened(
                observedNodes.get(1), new Event.ElectionStarted(HIGH, "no leader heard")));
  }

  private void vote(int node, Proposal proposal) {
    write(node, new Write.Accepted(proposal));
  }

  private void write(int node, Write write) {
    ObservedNode observedNode = observedNodes.get(node - 1);
    observedNode.written().take(write);
    checkers.written(observedNode, write);
    observedNode.durable().take(write);
    checkers.synced(observedNode, write);
  }

  private static void breaks(String invariant, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo(invariant));
  }

  private static Proposal proposal(Ballot ballot, String text) {
    return new Proposal(1, ballot, Batch.of(0, List.of(command(text))));
  }

  private static Command command(String text) {
    return Command.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
