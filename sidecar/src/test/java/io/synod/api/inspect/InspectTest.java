package io.synod.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.MemoryNode;
import io.synod.api.TestServer;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Vote;
import io.synod.runtime.node.EventLog;
import io.synod.state.command.Entry;
import io.synod.v1.DecisionRecord;
import io.synod.v1.DecisionRecord.Acceptance;
import io.synod.v1.DecisionRecord.How;
import io.synod.v1.DecisionRecord.Learned;
import io.synod.v1.DecisionRecord.Promise;
import io.synod.v1.DecisionRecord.State;
import io.synod.v1.Election;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.InspectGrpc;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.Origin;
import io.synod.v1.Reason;
import io.synod.v1.StreamTraceRequest;
import io.synod.v1.TraceEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class InspectTest {
  private static final Ballot LOW = new Ballot(5, 0, 3, 0x333);
  private static final Ballot HIGH = MemoryNode.BALLOT;

  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private InspectGrpc.InspectBlockingStub inspect() {
    return InspectGrpc.newBlockingStub(server.channel);
  }

  private DecisionRecord slot(long slot) {
    return inspect().getDecision(GetDecisionRequest.newBuilder().setSlot(slot).build());
  }

  private static Vote vote(Ballot ballot, boolean learned, int digest) {
    return new Vote(ballot, learned, digest, 64, 3, 7_000);
  }

  /**
   * Decides slot 2: two commands with effect and one without, chosen at HIGH; node 3 voted at LOW.
   */
  private void decide() {
    Entry one = MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 10);
    Entry two = MemoryNode.entry(Entry.Kind.COMMAND, 1, 2, 10);
    server.node.log.append(Arrays.asList(one, null, two));
    server.node.log.append(one);
    server.node.votes.put(1, List.of(vote(HIGH, false, 0xfeed)));
    server.node.votes.put(2, List.of(vote(HIGH, false, 0xfeed)));
    server.node.votes.put(3, List.of(vote(LOW, false, 0xbad), vote(HIGH, true, 0xfeed)));
    server.node.chosenThrough.putAll(java.util.Map.of(1, 3L, 2, 3L, 3, 2L));
  }

  @Test
  void tellsHowASlotWasDecided() {
    decide();
    server.node.trace.record(new Event.PromiseReceived(HIGH, 2, 1));
    server.node.trace.record(new Event.Promised(HIGH, LOW));
    server.node.trace.record(new Event.Learned(2, HIGH, Chosen.How.AS_LEADER));

    DecisionRecord record = slot(2);

    assertThat(record.getState()).isEqualTo(State.STATE_CHOSEN);
    assertThat(record.getFirstIndex()).isEqualTo(2);
    assertThat(record.getEntries()).isEqualTo(3);
    assertThat(record.getOriginsList())
        .extracting(Origin::getSequence)
        .doesNotHaveDuplicates()
        .hasSize(2);
    assertThat(record.getBatchDigest()).isEqualTo("0000feed");
    assertThat(record.getBatchBytes()).isEqualTo(64);
    assertThat(record.getChosenBallot().getRound()).isEqualTo(7);
    assertThat(record.getQuorumRequired()).isEqualTo(2);
    assertThat(record.getLogTime().getSeconds()).isEqualTo(2);
    assertThat(record.getPromisesList()).extracting(Promise::getNodeId).containsExactly("1", "2");
    assertThat(record.getPromises(0).hasTime()).isTrue();
    assertThat(record.getAcceptancesList())
        .extracting(it -> it.getNodeId() + " " + it.getBallot().getRound())
        .containsExactly("1 7", "2 7", "3 5");
    assertThat(record.getLearnedList())
        .extracting(it -> it.getNodeId() + " " + it.getHow())
        .containsExactly(
            "1 " + How.HOW_AS_LEADER, "2 " + How.HOW_UNSPECIFIED, "3 " + How.HOW_CATCH_UP);
    assertThat(record.getLearnedList())
        .extracting(Learned::hasTime)
        .containsExactly(true, false, true);
    assertThat(record.getUnreachableNodesList()).isEmpty();
  }

  @Test
  void findsTheSlotOfAnIndex() {
    decide();

    DecisionRecord record =
        inspect().getDecision(GetDecisionRequest.newBuilder().setIndex(4).build());

    assertThat(record.getSlot()).isEqualTo(2);
  }

  @Test
  void saysOfAnIndexThatIsTrimmedThatItIsGone() {
    decide();
    server.node.log.trim(5);

    CallError callError =
        CallError.by(
            () -> inspect().getDecision(GetDecisionRequest.newBuilder().setIndex(4).build()));

    assertThat(callError.reason()).isEqualTo(Reason.COMPACTED);
  }

  @Test
  void leavesOutTheEntriesThatAreTrimmedMeanwhile() {
    decide();
    server.node.log.trimWhenRead(2, 5);

    DecisionRecord record = slot(2);

    assertThat(record.getState()).isEqualTo(State.STATE_CHOSEN);
    assertThat(record.getOriginsList()).isEmpty();
    assertThat(server.node.log.oldestIndex()).as("they were looked for").isEqualTo(5);
  }

  @Test
  void namesWhoDidNotAnswerAndStillTellsTheValue() {
    decide();
    server.node.votes.remove(2);
    server.node.votes.remove(3);

    DecisionRecord record = slot(2);

    assertThat(record.getUnreachableNodesList()).containsExactly("2", "3");
    assertThat(record.getChosenBallot().getRound()).isEqualTo(7);
    assertThat(record.getBatchDigest()).isEqualTo("0000feed");
  }

  @Test
  void leavesUnsetWhatNobodyKnows() {
    server.node.log.noOp();
    server.node.chosenThrough.put(2, 2L);
    server.node.votes.put(2, List.of());

    DecisionRecord record = slot(2);

    assertThat(record.getState()).isEqualTo(State.STATE_CHOSEN);
    assertThat(record.hasChosenBallot()).isFalse();
    assertThat(record.getBatchDigest()).isEmpty();
    assertThat(record.getFirstIndex()).isZero();
    assertThat(record.getOriginsList()).isEmpty();
    assertThat(record.hasLogTime()).isFalse();
  }

  @Test
  void callsASlotUndecidedThatHasVotesButNoOneKnowsChosen() {
    server.node.votes.put(1, List.of(vote(HIGH, false, 1)));
    server.node.chosenThrough.put(1, 1L);

    DecisionRecord record = slot(2);

    assertThat(record.getState()).isEqualTo(State.STATE_UNDECIDED);
    assertThat(record.getAcceptancesList()).extracting(Acceptance::getNodeId).containsExactly("1");
    assertThat(record.hasChosenBallot()).isFalse();
  }

  @Test
  void findsNoSlotThatNobodyVotedFor() {
    server.node.votes.put(1, List.of());
    CallError slot = CallError.by(() -> slot(9));
    CallError index =
        CallError.by(
            () -> inspect().getDecision(GetDecisionRequest.newBuilder().setIndex(9).build()));

    assertThat(slot.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(slot.reason()).isEqualTo(Reason.NOT_CHOSEN);
    assertThat(index.reason()).isEqualTo(Reason.NOT_CHOSEN);
  }

  @Test
  void doesNotTakeSilenceOfAllDisksForAnAnswer() {
    assertThat(CallError.by(() -> slot(9)).reason()).isEqualTo(Reason.OVERLOADED);
  }

  @Test
  void listsElectionsNewestFirst() {
    server.node.trace.record(
        new EventLog.Election(
            LOW, "", EventLog.Election.Result.LOST, List.of(3), List.of(1), 5_000, 6_000L));
    server.node.trace.record(
        new EventLog.Election(
            HIGH, "silence", EventLog.Election.Result.OPEN, List.of(1, 2), List.of(), 9_000, null));

    List<Election> all =
        inspect().listElections(ListElectionsRequest.getDefaultInstance()).getElectionsList();
    List<Election> one =
        inspect()
            .listElections(ListElectionsRequest.newBuilder().setLimit(1).build())
            .getElectionsList();

    assertThat(all).hasSize(2);
    assertThat(all.get(0).getReason()).isEqualTo("silence");
    assertThat(all.get(0).getPromisedByList()).containsExactly("1", "2");
    assertThat(all.get(0).hasEndTime()).isFalse();
    assertThat(all.get(1).getResult()).isEqualTo(Election.Result.RESULT_LOST);
    assertThat(all.get(1).getRefusedByList()).containsExactly("1");
    assertThat(all.get(1).getEndTime().getSeconds()).isEqualTo(6);
    assertThat(one).containsExactly(all.get(0));
  }

  @Test
  void streamsEventsAsTheyHappen() {
    server.node.trace.record(new Event.Accepted(4, HIGH));
    server.node.trace.record(new Event.Elected(HIGH));
    Iterator<TraceEvent> events =
        inspect().streamTrace(StreamTraceRequest.newBuilder().setFromOldest(true).build());

    assertThat(events.next().getType()).isEqualTo(TraceEvent.Type.TYPE_ACCEPTED);
    assertThat(events.next().getNumber()).isEqualTo(2);
    server.node.trace.record(new Event.LeaderChanged(Ballot.NONE));
    TraceEvent third = events.next();
    assertThat(third.getNumber()).isEqualTo(3);
    assertThat(third.getNodeId()).isEqualTo("1");
    assertThat(third.hasBallot()).isFalse();
  }

  @Test
  void streamsOnlyWhatIsAskedFor() {
    server.node.trace.record(new Event.Accepted(4, HIGH));
    server.node.trace.record(new Event.AcceptedReceived(1, 9, HIGH, 2));
    server.node.trace.record(new Event.AcceptedReceived(1, 4, HIGH, 2));
    StreamTraceRequest request =
        StreamTraceRequest.newBuilder()
            .setFromOldest(true)
            .setSlot(5)
            .addTypes(TraceEvent.Type.TYPE_ACCEPTED_RECEIVED)
            .build();

    Iterator<TraceEvent> events = inspect().streamTrace(request);

    assertThat(events.next().getNumber()).isEqualTo(2);
    server.node.trace.record(new Event.AcceptedReceived(5, 5, HIGH, 3));
    assertThat(events.next().getPeerId()).isEqualTo("3");
  }

  @Test
  void showsASlowReaderAGapInsteadOfKeepingEverything() {
    for (int i = 0; i < 1_000; i++) {
      server.node.trace.record(new Event.Accepted(i, HIGH));
    }

    Iterator<TraceEvent> events =
        inspect().streamTrace(StreamTraceRequest.newBuilder().setFromOldest(true).build());

    assertThat(events.next().getNumber()).isEqualTo(901);
  }
}
