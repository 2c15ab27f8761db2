package io.synod.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Code;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.Ballot;
import io.synod.v1.DecisionRecord;
import io.synod.v1.DecisionRecord.Acceptance;
import io.synod.v1.DecisionRecord.How;
import io.synod.v1.DecisionRecord.Learned;
import io.synod.v1.DecisionRecord.Promise;
import io.synod.v1.DecisionRecord.State;
import io.synod.v1.Election;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.ListElectionsResponse;
import io.synod.v1.Origin;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
final class ExplainCommandTest {
  private static final Ballot WON = CannedSidecar.ballot(3, "1");
  private static final Ballot LOST = CannedSidecar.ballot(2, "3");
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
    sidecar.answer(
        ListElectionsRequest.class,
        ListElectionsResponse.newBuilder()
            .addElections(
                Election.newBuilder()
                    .setBallot(WON)
                    .setResult(Election.Result.RESULT_WON)
                    .setReason("the leader was not heard for 1.2 s")
                    .addPromisedBy("1")
                    .addPromisedBy("2")
                    .setStartTime(at(100))
                    .setEndTime(at(109)))
            .addElections(Election.newBuilder().setBallot(LOST).setReason("another"))
            .build());
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  private static Timestamp at(long millis) {
    return Timestamps.fromMillis(1_700_000_000_000L + millis);
  }

  private static Acceptance vote(String node, Ballot ballot, String digest, long millis) {
    return Acceptance.newBuilder()
        .setNodeId(node)
        .setBallot(ballot)
        .setBatchDigest(digest)
        .setTime(at(millis))
        .build();
  }

  private static Learned learned(String node, How how, long millis) {
    return Learned.newBuilder().setNodeId(node).setHow(how).setTime(at(millis)).build();
  }

  private static DecisionRecord.Builder chosen() {
    return DecisionRecord.newBuilder()
        .setInfo(CannedSidecar.info(130))
        .setSlot(42)
        .setState(State.STATE_CHOSEN)
        .setFirstIndex(118)
        .setEntries(2)
        .addOrigins(Origin.newBuilder().setNodeId("2").setSessionId("s7").setSequence(4))
        .addOrigins(Origin.newBuilder().setNodeId("2").setSessionId("s7").setSequence(5))
        .setBatchDigest("9f3c1a20")
        .setBatchBytes(1512)
        .setChosenBallot(WON)
        .setQuorumRequired(2)
        .setLogTime(at(200))
        .addPromises(Promise.newBuilder().setNodeId("1").setBallot(WON).setTime(at(104)))
        .addPromises(Promise.newBuilder().setNodeId("2").setBallot(WON).setTime(at(107)))
        .addAcceptances(vote("3", LOST, "00c0ffee", 50))
        .addAcceptances(vote("1", WON, "9f3c1a20", 203))
        .addAcceptances(vote("2", WON, "9f3c1a20", 202))
        .addLearned(learned("1", How.HOW_AS_LEADER, 204))
        .addLearned(learned("2", How.HOW_FROM_LEADER, 206));
  }

  @Test
  void tellsADecisionInSixSteps() {
    sidecar.answer(GetDecisionRequest.class, chosen().addUnreachableNodes("3").build());

    Terminal run = Terminal.run(sidecar, "explain", "42");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(
            """
            Slot 42 of cluster demo: chosen at ballot 3.1.
            It holds 2 entries, indexes 118 to 119.

            1 initialise  2023-11-14T22:13:20.100Z  node 1   stands with ballot 3.1: \
            the leader was not heard for 1.2 s
                          2023-11-14T22:13:20.104Z  node 1   promises ballot 3.1
                          2023-11-14T22:13:20.107Z  node 2   promises ballot 3.1
                          2023-11-14T22:13:20.109Z  node 1   has its quorum of promises, and leads

            2 propose     2023-11-14T22:13:20.200Z  node 1   proposes 2 entries, \
            digest 9f3c1a20, 1,512 bytes
                                                    for node 2, session s7: 2 entries

            3 vote        2023-11-14T22:13:20.050Z  node 3   accepts digest 00c0ffee \
            at ballot 2.3 (another value, which was not chosen)
                          2023-11-14T22:13:20.203Z  node 1   accepts digest 9f3c1a20 at ballot 3.1
                          2023-11-14T22:13:20.202Z  node 2   accepts digest 9f3c1a20 at ballot 3.1

            4 elect       2023-11-14T22:13:20.203Z  quorum   digest 9f3c1a20 \
            is chosen at ballot 3.1
                                                    2 of 2 needed votes: \
            no other value can be chosen in this slot any more

            5 learn       2023-11-14T22:13:20.204Z  node 1   counted the quorum itself
                          2023-11-14T22:13:20.206Z  node 2   \
            learned from its leader that the value it voted for is chosen

            6 notify                                node 1   \
            has applied it: its readers and watchers see indexes 118 to 119
                                                    \
            callers are answered at the sidecars that they called: node 2

            No answer from node 3: the records on their disks are missing above.
            """);
  }

  @Test
  void doesNotPretendToHaveSeenVotesThatAreGone() {
    sidecar.answer(
        GetDecisionRequest.class,
        chosen()
            .clearAcceptances()
            .addAcceptances(vote("1", WON, "9f3c1a20", 203))
            .clearPromises()
            .clearLearned()
            .build());
    sidecar.answer(ListElectionsRequest.class, ListElectionsResponse.getDefaultInstance());

    Terminal run = Terminal.run(sidecar, "explain", "--index", "118");

    assertThat(run.out())
        .contains("node 1 has no record of further promises")
        .contains("1 of 2 needed votes found here: the others are unreachable or no longer keep")
        .contains("which nodes learned it is no longer known")
        .doesNotContain("no other value can be chosen");
    assertThat(sidecar.requests(GetDecisionRequest.class).get(0).getIndex()).isEqualTo(118);
  }

  @Test
  void tellsASlotThatIsNotDecided() {
    sidecar.answer(
        GetDecisionRequest.class,
        DecisionRecord.newBuilder()
            .setInfo(CannedSidecar.info(130))
            .setSlot(50)
            .setState(State.STATE_UNDECIDED)
            .setQuorumRequired(2)
            .addAcceptances(vote("1", WON, "9f3c1a20", 203))
            .build());

    Terminal run = Terminal.run(sidecar, "explain", "50");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out())
        .contains("not decided, as far as node 1 knows")
        .contains("accepts digest 9f3c1a20 at ballot 3.1\n")
        .contains("4 elect")
        .contains("not yet: it takes 2 votes at one ballot")
        .doesNotContain("is chosen");
  }

  @Test
  void tellsASlotWhoseVotesAndIndexesAreGone() {
    sidecar.answer(
        GetDecisionRequest.class,
        DecisionRecord.newBuilder()
            .setInfo(CannedSidecar.info(130))
            .setSlot(3)
            .setState(State.STATE_CHOSEN)
            .setQuorumRequired(2)
            .addLearned(learned("1", How.HOW_FROM_JOURNAL, 5))
            .addLearned(Learned.newBuilder().setNodeId("2"))
            .build());

    Terminal run = Terminal.run(sidecar, "explain", "3");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out())
        .contains("chosen, but no node that answered still has its votes")
        .contains("it is chosen; the ballot is no longer known")
        .contains("found it chosen on its own disk when it started")
        .contains("node 2   knows that it is chosen")
        .contains("node 1 cannot tell")
        .doesNotContain("no-op", "ballot none", "index 0");
  }

  @Test
  void saysWhoSawThePromisesThatThisNodeDidNot() {
    sidecar.answer(
        GetDecisionRequest.class, chosen().clearPromises().setChosenBallot(LOST).build());

    Terminal run = Terminal.run(sidecar, "explain", "42");

    assertThat(run.out())
        .contains("node 1 did not see every promise; ask node 3, which gathered them");
  }

  @Test
  void tellsTheSameValueAtAnotherBallotApart() {
    sidecar.answer(
        GetDecisionRequest.class,
        chosen().addAcceptances(vote("3", CannedSidecar.ballot(5, "3"), "9f3c1a20", 999)).build());

    Terminal run = Terminal.run(sidecar, "explain", "42");

    assertThat(run.out())
        .contains("accepts digest 9f3c1a20 at ballot 5.3 (the chosen value, at another ballot)")
        .contains("2 of 2 needed votes");
  }

  @Test
  void tellsANoOp() {
    sidecar.answer(
        GetDecisionRequest.class, chosen().setEntries(0).clearOrigins().setBatchBytes(4).build());

    Terminal run = Terminal.run(sidecar, "explain", "42");

    assertThat(run.out())
        .contains("It holds a no-op")
        .contains("proposes a no-op")
        .contains("no caller waits for a no-op")
        .doesNotContain("index");
  }

  @Test
  void printsTheRecordAsJson() throws IOException {
    DecisionRecord record = chosen().build();
    sidecar.answer(GetDecisionRequest.class, record);

    Terminal run = Terminal.run(sidecar, "explain", "42", "-o", "json");

    DecisionRecord.Builder parsed = DecisionRecord.newBuilder();
    JsonFormat.parser().merge(run.out(), parsed);
    assertThat(parsed.build()).isEqualTo(record);
    assertThat(run.outLines()).hasSize(1);
  }

  @Test
  void saysThatASlotIsNotThereYet() {
    sidecar.refuse(
        GetDecisionRequest.class,
        CannedSidecar.error(Code.NOT_FOUND, "NOT_CHOSEN", "there is no slot 99 yet"));

    Terminal run = Terminal.run(sidecar, "explain", "99");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.ERROR);
    assertThat(run.err().strip()).isEqualTo("synod: NOT_CHOSEN: there is no slot 99 yet");
  }
}
