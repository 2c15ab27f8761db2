package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.batch;
import static io.synod.paxos.SteppedReplica.ofType;
import static io.synod.paxos.SteppedReplica.proposal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Output.Envelope;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the rules of "Paxos Made Simple" for each role, one by one. */
class PaxosMadeSimpleTest {

  @Test
  void promisesAHigherBallotInWritingBeforeItSaysSo() {
    SteppedReplica node = new SteppedReplica();
    Output output = node.receive(2, new Message.Prepare(ballot(5, 2), 1));
    assertThat(output.writes()).containsExactly(new Write.Promised(ballot(5, 2)));
    assertThat(output.mustSync()).isTrue();
    assertThat(ofType(output.messages(), Message.Promise.class)).isEmpty();
    assertThat(output.messagesAfterSync())
        .containsExactly(
            new Envelope(2, new Message.Promise(ballot(5, 2), 1, List.of(), Long.MAX_VALUE, 0, 0)));
  }

  @Test
  void refusesBallotBelowItsPromise() {
    SteppedReplica node = new SteppedReplica();
    node.receive(3, new Message.Prepare(ballot(5, 3), 1));
    Output prepare = node.receive(2, new Message.Prepare(ballot(5, 2), 1));
    assertThat(prepare.writes()).isEmpty();
    assertThat(prepare.messages())
        .containsExactly(new Envelope(2, new Message.Reject(ballot(5, 2), ballot(5, 3))));
    Output accept = node.receive(2, new Message.Accept(ballot(5, 2), 1, batch("a"), 0));
    assertThat(accept.writes()).isEmpty();
    assertThat(accept.messagesAfterSync()).isEmpty();
    assertThat(accept.messages())
        .containsExactly(new Envelope(2, new Message.Reject(ballot(5, 2), ballot(5, 3))));
  }

  @Test
  void acceptsAtItsPromiseAndAbove() {
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Prepare(ballot(5, 2), 1));
    Output same = node.receive(2, new Message.Accept(ballot(5, 2), 1, batch("a"), 0));
    assertThat(same.writes()).containsExactly(new Write.Accepted(proposal(1, ballot(5, 2), "a")));
    assertThat(same.messagesAfterSync())
        .containsExactly(new Envelope(2, new Message.Accepted(ballot(5, 2), 1, 1)));
    Output above = node.receive(3, new Message.Accept(ballot(6, 3), 1, batch("b"), 0));
    assertThat(above.writes()).containsExactly(new Write.Accepted(proposal(1, ballot(6, 3), "b")));
    assertThat(node.view().promised()).isEqualTo(ballot(6, 3));
  }

  @Test
  void acceptsRunsOfSlotsInOneMessageAndRepeatsItWithoutASecondWrite() {
    SteppedReplica node = new SteppedReplica();
    Message first = new Message.Accept(ballot(5, 2), 1, batch("a"), 0);
    Output run =
        node.receive(
            2,
            first,
            new Message.Accept(ballot(5, 2), 2, batch("b"), 0),
            new Message.Accept(ballot(5, 2), 4, batch("d"), 0));
    assertThat(run.messagesAfterSync())
        .containsExactly(
            new Envelope(2, new Message.Accepted(ballot(5, 2), 1, 2)),
            new Envelope(2, new Message.Accepted(ballot(5, 2), 4, 4)));
    Output again = node.receive(2, first);
    assertThat(again.writes()).isEmpty();
    assertThat(again.messagesAfterSync())
        .containsExactly(new Envelope(2, new Message.Accepted(ballot(5, 2), 1, 1)));
  }

  @Test
  void tellsACandidateTheHighestBallotItAcceptedPerSlot() {
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Accept(ballot(5, 2), 1, batch("a"), 0));
    node.receive(3, new Message.Accept(ballot(6, 3), 1, batch("b"), 0));
    node.receive(3, new Message.Accept(ballot(6, 3), 3, batch("c"), 0));
    Output output = node.receive(2, new Message.Prepare(ballot(7, 2), 1));
    Message.Promise promise = ofType(output.messagesAfterSync(), Message.Promise.class).get(0);
    assertThat(promise.accepted())
        .containsExactly(proposal(1, ballot(6, 3), "b"), proposal(3, ballot(6, 3), "c"));
    assertThat(promise.completeThrough()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void writesItsOwnBallotBeforeItAsksForPromises() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    assertThat(mine.node()).isEqualTo(1);
    assertThat(node.view().promised()).isEqualTo(mine);
  }

  @Test
  void proposesTheHighestAcceptedValueOfEachSlotAndFillsHoles() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.receive(
        1,
        new Message.Promise(
            mine, 1, List.of(proposal(1, ballot(1, 2), "old")), Long.MAX_VALUE, 0, 0));
    Output won =
        node.receive(
            3,
            new Message.Promise(
                mine,
                1,
                List.of(proposal(1, ballot(1, 3), "new"), proposal(3, ballot(1, 2), "c")),
                Long.MAX_VALUE,
                0,
                0));
    List<Message.Accept> accepts = ofType(won.messages(), Message.Accept.class);
    assertThat(accepts)
        .filteredOn(accept -> accept.slot() == 1)
        .hasSize(3)
        .allSatisfy(accept -> assertThat(accept.batch()).isEqualTo(batch("new")));
    assertThat(accepts)
        .filteredOn(accept -> accept.slot() == 2)
        .hasSize(3)
        .allSatisfy(accept -> assertThat(accept.batch().isNoOp()).isTrue());
    assertThat(accepts)
        .filteredOn(accept -> accept.slot() == 3)
        .hasSize(3)
        .allSatisfy(accept -> assertThat(accept.batch()).isEqualTo(batch("c")));
    assertThat(accepts)
        .filteredOn(accept -> accept.slot() == 4)
        .hasSize(3)
        .allSatisfy(accept -> assertThat(accept.batch().isNoOp()).isTrue());
    assertThat(accepts).allSatisfy(accept -> assertThat(accept.ballot()).isEqualTo(mine));
  }

  @Test
  void fillsAHoleAtALogTimeNotBeforeThatOfTheChosenSlots() {
    SteppedReplica node = new SteppedReplica();
    Batch late = Batch.of(99, batch("a").commands());
    node.receive(3, new Message.Learned(1, List.of(new Proposal(1, ballot(1, 3), late)), 1));
    Ballot mine = node.stand();
    node.receive(1, new Message.Promise(mine, 2, List.of(), Long.MAX_VALUE, 1, 0));
    Output won =
        node.receive(
            3,
            new Message.Promise(
                mine, 2, List.of(proposal(3, ballot(1, 3), "c")), Long.MAX_VALUE, 1, 0));
    assertThat(ofType(won.messages(), Message.Accept.class))
        .filteredOn(accept -> accept.slot() == 2)
        .hasSize(3)
        .allSatisfy(accept -> assertThat(accept.batch()).isEqualTo(Batch.noOp(99)));
  }

  @Test
  void doesNotLeadBeforeTheLastPageOfAPromiseIsHere() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.receive(1, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0));
    Output paged =
        node.receive(
            2, new Message.Promise(mine, 1, List.of(proposal(1, ballot(1, 2), "a")), 1, 0, 0));
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
    assertThat(paged.messagesAfterSync()).contains(new Envelope(2, new Message.Prepare(mine, 2)));
    node.receive(2, new Message.Promise(mine, 2, List.of(), Long.MAX_VALUE, 0, 0));
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
  }

  @Test
  void doesNotLeadBeforeItHasLearnedWhatLiesBelowAFloor() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.receive(1, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0));
    node.receive(2, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 1, 1));
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
    node.receive(2, new Message.Learned(1, List.of(proposal(1, ballot(1, 2), "a")), 1));
    node.silence(10);
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
  }

  @Test
  void countsEachVoterOnceAndNothingOfAnotherBallot() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    Message.Promise promise = new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0);
    node.receive(2, promise, promise, promise);
    node.receive(3, new Message.Promise(ballot(mine.round() - 1, 1), 1, List.of(), 0, 0, 0));
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
    node.receive(1, promise);
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    Message.Accepted accepted = new Message.Accepted(mine, 1, 1);
    Output twice = node.receive(2, accepted, accepted);
    assertThat(twice.chosen()).isEmpty();
    Output stale = node.receive(3, new Message.Accepted(ballot(mine.round() - 1, 1), 1, 1));
    assertThat(stale.chosen()).isEmpty();
    assertThat(node.receive(3, accepted).chosen()).hasSize(1);
  }

  @Test
  void countsItsOwnVoteOnlyWhenItComesBackFromTheDisk() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    Output won = node.elect(mine);
    assertThat(ofType(won.messages(), Message.Accept.class)).hasSize(3);
    assertThat(node.receive(2, new Message.Accepted(mine, 1, 1)).chosen()).isEmpty();
    assertThat(node.receive(1, new Message.Accepted(mine, 1, 1)).chosen()).hasSize(1);
  }

  @Test
  void learnsFromALeaderOnlySlotsAcceptedAtThatLeadersBallot() {
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Accept(ballot(5, 2), 1, batch("a"), 0));
    Output other = node.receive(3, new Message.Chosen(ballot(6, 3), 1));
    assertThat(other.chosen()).isEmpty();
    node.receive(3, new Message.Accept(ballot(6, 3), 1, batch("b"), 0));
    Output announced = node.receive(3, new Message.Chosen(ballot(6, 3), 1));
    assertThat(announced.chosen()).isEmpty();
    assertThat(node.view().chosenThrough()).isEqualTo(1);
  }

  @Test
  void stopsRatherThanVoteForTwoValuesUnderOneBallot() {
    SteppedReplica node = new SteppedReplica();
    node.receive(2, new Message.Accept(ballot(5, 2), 1, batch("a"), 0));
    assertThatThrownBy(() -> node.receive(2, new Message.Accept(ballot(5, 2), 1, batch("b"), 0)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void answersReadsOnlyAfterItsOwnNoOpAndARoundThatBeganLater() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.elect(mine);
    Output early = node.receive(2, new Message.ReadAsk(2, 7, 1));
    assertThat(ofType(early.messages(), Message.ReadProbe.class)).isEmpty();
    node.receive(1, new Message.Accepted(mine, 1, 1));
    Output chosen = node.receive(2, new Message.Accepted(mine, 1, 1));
    assertThat(ofType(chosen.messages(), Message.ReadProbe.class)).hasSize(3);
    node.receive(3, new Message.ReadAsk(3, 8, 1));
    node.receive(1, new Message.ReadProbeAck(mine, 1));
    Output first = node.receive(2, new Message.ReadProbeAck(mine, 1));
    assertThat(ofType(first.messages(), Message.ReadAnswer.class))
        .containsExactly(new Message.ReadAnswer(2, 7, 1));
    node.receive(1, new Message.ReadProbeAck(mine, 1));
    assertThat(
            ofType(
                node.receive(2, new Message.ReadProbeAck(mine, 1)).messages(),
                Message.ReadAnswer.class))
        .isEmpty();
    node.receive(1, new Message.ReadProbeAck(mine, 2));
    Output second = node.receive(2, new Message.ReadProbeAck(mine, 2));
    assertThat(ofType(second.messages(), Message.ReadAnswer.class))
        .containsExactly(new Message.ReadAnswer(3, 8, 1));
  }

  @Test
  void ignoresABallotThatIsNotItsSendersOwn() {
    SteppedReplica node = new SteppedReplica();
    Output output = node.receive(2, new Message.Prepare(ballot(5, 3), 1));
    assertThat(output.writes()).isEmpty();
    assertThat(output.messagesAfterSync()).isEmpty();
    assertThat(output.events()).hasSize(1).allMatch(event -> event instanceof Event.Fenced);
  }

  @Test
  void ignoresItsOwnBallotThatEndedMeanwhileAndFencesNobodyForIt() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.receive(2, new Message.Prepare(ballot(mine.round() + 1, 2), 1));
    Output output = node.receive(1, new Message.Prepare(mine, 1));
    assertThat(output.writes()).isEmpty();
    assertThat(output.messagesAfterSync()).isEmpty();
    assertThat(output.events()).isEmpty();
  }

  @Test
  void ignoresABallotThatNobodyCanHaveCountedTo() {
    SteppedReplica node = new SteppedReplica();
    Output output = node.receive(2, new Message.Prepare(ballot(Long.MAX_VALUE, 2), 1));
    assertThat(output.writes()).isEmpty();
    assertThat(output.messagesAfterSync()).isEmpty();
  }

  /**
   * 1. Node 1 leads, and some voters accept its value for slot 1. 2. It is deposed without knowing
   * it, and another value is chosen for slot 1 at a higher ballot. 3. It learns that value by
   * catching up. If it then announced slot 1 as chosen at its own ballot, the voters that accepted
   * at that ballot would apply the wrong value.
   */
  @Test
  void doesNotAnnounceInItsOwnNameWhatWasChosenAboveItsBallot() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    node.elect(mine);
    Ballot above = ballot(mine.round() + 1, 3);
    Output learned = node.receive(2, new Message.Learned(1, List.of(proposal(1, above, "b")), 1));
    assertThat(learned.chosen()).hasSize(1);
    assertThat(ofType(learned.messages(), Message.Chosen.class)).isEmpty();
    assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
  }

  @Test
  void doesNotLeadBelowABallotAtWhichItLearnsThatSomethingWasChosen() {
    SteppedReplica node = new SteppedReplica();
    Ballot mine = node.stand();
    Ballot above = ballot(mine.round() + 1, 3);
    Message.Promise promise =
        new Message.Promise(mine, 1, List.of(proposal(1, above, "b")), Long.MAX_VALUE, 1, 0);
    node.receive(1, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0));
    node.receive(2, promise);
    assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
  }
}
