package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.ManagedChannel;
import io.synod.api.CallError;
import io.synod.api.LogWatcher;
import io.synod.api.SingleNode;
import io.synod.v1.AdminGrpc;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.DecisionRecord;
import io.synod.v1.DecisionRecord.How;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.InspectGrpc;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.Status;
import io.synod.v1.StreamTraceRequest;
import io.synod.v1.TraceEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The services over a real node that is a cluster by itself: core, disk and socket. */
@Timeout(60)
@Tag("slow")
final class SingleNodeTest {
  @TempDir private Path folder;

  private SingleNode node;
  private ManagedChannel channel;

  @BeforeEach
  void serve() throws Exception {
    node = new SingleNode(folder);
    channel = node.channel;
  }

  @AfterEach
  void close() {
    node.close();
  }

  private LogGrpc.LogBlockingStub log() {
    return LogGrpc.newBlockingStub(channel);
  }

  private static ProposeRequest command(String text) {
    return ProposeRequest.newBuilder().setCommand(ByteString.copyFromUtf8(text)).build();
  }

  /** Proposes once the node, which has to elect itself first, leads. */
  private ProposeResponse propose(String text) {
    return log().propose(command(text));
  }

  @Test
  void proposesReadsAndWatchesTheSameLog() throws Exception {
    LogWatcher watcher = LogWatcher.open(LogGrpc.newStub(channel), LogWatcher.from(1));
    List<Future<ProposeResponse>> answers = new ArrayList<>();
    long last = propose("first").getIndex();
    for (int i = 0; i < 500; i++) {
      answers.add(LogGrpc.newFutureStub(channel).propose(command("c" + i)));
    }
    for (Future<ProposeResponse> answer : answers) {
      last = Math.max(last, answer.get().getIndex());
    }

    ReadResponse read = log().read(ReadRequest.newBuilder().setStartIndex(1).build());
    List<io.synod.v1.Entry> watched = watcher.entriesThrough(last);

    assertThat(read.getEntriesCount()).isEqualTo(501);
    assertThat(read.getInfo().getEffectiveLevel()).isEqualTo(ReadLevel.READ_LEVEL_STRONG);
    assertThat(read.getNextIndex()).isEqualTo(last + 1);
    assertThat(watched).isEqualTo(read.getEntriesList());
    assertThat(watched.stream().map(entry -> entry.getCommand().toStringUtf8()).distinct())
        .hasSize(501);
  }

  @Test
  void keepsASessionExactlyOnce() {
    propose("first");
    SessionsGrpc.SessionsBlockingStub sessions = SessionsGrpc.newBlockingStub(channel);
    String session = sessions.openSession(OpenSessionRequest.getDefaultInstance()).getSessionId();
    SessionSequence place =
        SessionSequence.newBuilder().setSessionId(session).setSequence(1).build();
    ProposeRequest request = command("once").toBuilder().setSessionSequence(place).build();

    ProposeResponse first = log().propose(request);
    ProposeResponse again = log().propose(request);
    CallError reused =
        CallError.by(() -> log().propose(request.toBuilder().setCommand(ByteString.EMPTY).build()));

    assertThat(again.getIndex()).isEqualTo(first.getIndex());
    assertThat(again.getDeduplicated()).isTrue();
    assertThat(reused.reason()).isEqualTo(Reason.SEQUENCE_REUSED);
    CloseSessionRequest closing = CloseSessionRequest.newBuilder().setSessionId(session).build();
    assertThat(sessions.closeSession(closing).getInfo().getAppliedIndex())
        .isGreaterThan(first.getIndex());
    assertThat(CallError.by(() -> log().propose(request)).reason())
        .isEqualTo(Reason.SESSION_UNKNOWN);
  }

  @Test
  void tellsHowItDecided() {
    ProposeResponse response = propose("a");

    DecisionRecord record =
        InspectGrpc.newBlockingStub(channel)
            .getDecision(GetDecisionRequest.newBuilder().setIndex(response.getIndex()).build());

    assertThat(record.getSlot()).isEqualTo(response.getSlot());
    assertThat(record.getState()).isEqualTo(DecisionRecord.State.STATE_CHOSEN);
    assertThat(record.getChosenBallot()).isEqualTo(response.getBallot());
    assertThat(record.getFirstIndex()).isEqualTo(response.getIndex());
    assertThat(record.getEntries()).isEqualTo(1);
    assertThat(record.getOrigins(0).getNodeId()).isEqualTo("1");
    assertThat(record.getAcceptances(0).getNodeId()).isEqualTo("1");
    assertThat(record.getAcceptances(0).getBatchDigest()).isEqualTo(record.getBatchDigest());
    assertThat(record.getPromisesList()).hasSize(1);
    assertThat(record.getLearned(0).getHow()).isEqualTo(How.HOW_AS_LEADER);
    assertThat(record.getUnreachableNodesList()).isEmpty();
  }

  @Test
  void showsItsElectionAndItsTraceAndItsStatus() {
    propose("a");
    InspectGrpc.InspectBlockingStub inspect = InspectGrpc.newBlockingStub(channel);

    assertThat(
            inspect
                .listElections(ListElectionsRequest.getDefaultInstance())
                .getElections(0)
                .getPromisedByList())
        .containsExactly("1");
    var events =
        inspect.streamTrace(
            StreamTraceRequest.newBuilder()
                .setFromOldest(true)
                .addTypes(TraceEvent.Type.TYPE_ELECTED)
                .build());
    assertThat(events.next().getBallot().getNodeId()).isEqualTo("1");
    Status status =
        AdminGrpc.newBlockingStub(channel).getStatus(GetStatusRequest.getDefaultInstance());
    assertThat(status.getRole()).isEqualTo(Status.Role.ROLE_LEADER);
    assertThat(status.getQuorum().getRequired()).isEqualTo(1);
    assertThat(status.getDiskBytes()).isPositive();
  }

  @Test
  void saysWhatIsNotThereYet() {
    propose("a");
    ReadOptions later = ReadOptions.newBuilder().setAtLeastIndex(1_000).build();

    CallError slot =
        CallError.by(
            () ->
                InspectGrpc.newBlockingStub(channel)
                    .getDecision(GetDecisionRequest.newBuilder().setSlot(1_000).build()));
    // Without a deadline: it answers by itself after five seconds.
    CallError read =
        CallError.by(() -> log().read(ReadRequest.newBuilder().setOptions(later).build()));

    assertThat(read.reason()).isEqualTo(Reason.NOT_YET_APPLIED);
    assertThat(slot.reason()).isEqualTo(Reason.NOT_CHOSEN);
  }

  @Test
  void boundsTheAgeOfAnAnswer() {
    propose("a");
    ReadOptions bounded =
        ReadOptions.newBuilder()
            .setLevel(ReadLevel.READ_LEVEL_BOUNDED)
            .setMaxStaleness(Durations.fromSeconds(5))
            .build();

    ReadResponse read = log().read(ReadRequest.newBuilder().setOptions(bounded).build());

    assertThat(read.getInfo().hasStaleness()).isTrue();
    assertThat(Durations.toSeconds(read.getInfo().getStaleness())).isLessThan(5);
    assertThat(read.getEntriesCount()).isEqualTo(1);
  }
}
