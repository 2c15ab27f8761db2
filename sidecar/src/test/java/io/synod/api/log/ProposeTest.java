package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.NodeCondition;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.runtime.node.AppliedLog;
import io.synod.v1.LogGrpc;
import io.synod.v1.OutcomeUnknown;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.QuorumInfo;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ProposeTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private ProposeResponse propose(ProposeRequest request) {
    return server.log().propose(request);
  }

  private static ProposeRequest command(String text) {
    return ProposeRequest.newBuilder().setCommand(ByteString.copyFromUtf8(text)).build();
  }

  private static ProposeRequest command(String text, SessionSequence place) {
    return command(text).toBuilder().setSessionSequence(place).build();
  }

  private static SessionSequence place(String session, long sequence, long ackedBelow) {
    return SessionSequence.newBuilder()
        .setSessionId(session)
        .setSequence(sequence)
        .setAckedBelow(ackedBelow)
        .build();
  }

  @Test
  void answersWithThePlaceInTheLog() {
    ProposeResponse response = propose(command("a"));

    assertThat(response.getIndex()).isEqualTo(2);
    assertThat(response.getSlot()).isEqualTo(2);
    assertThat(response.getBallot().getRound()).isEqualTo(7);
    assertThat(response.getBallot().getIncarnation()).isEqualTo("0000000000000abc");
    assertThat(response.getDeduplicated()).isFalse();
    assertThat(response.getLogTime().getSeconds()).isEqualTo(2);
    assertThat(response.getInfo().getCluster()).isEqualTo("town");
    assertThat(response.getInfo().getNodeId()).isEqualTo("1");
    assertThat(response.getInfo().getAppliedIndex()).isEqualTo(2);
    assertThat(response.getInfo().getLeader().getNodeId()).isEqualTo("1");
  }

  @Test
  void keepsBytesAndLabelAsTheyCame() {
    byte[] bytes = {0, -1, 10, 127, -128};

    propose(
        ProposeRequest.newBuilder()
            .setCommand(ByteString.copyFrom(bytes))
            .setContentType("größe")
            .build());
    propose(ProposeRequest.getDefaultInstance());

    AppliedLog.Page page = server.node.log.page(2, 10, 1_000);
    assertThat(page.entries().get(0).entry().payload().bytes()).isEqualTo(bytes);
    assertThat(page.entries().get(0).entry().contentType()).isEqualTo("größe");
    assertThat(page.entries().get(1).entry().payload().bytes()).isEmpty();
  }

  @Test
  void answersARepeatedSequenceOnce() {
    ProposeResponse first = propose(command("a", place("1", 5, 0)));
    ProposeResponse second = propose(command("a", place("1", 5, 5)));

    assertThat(second.getIndex()).isEqualTo(first.getIndex());
    assertThat(second.getDeduplicated()).isTrue();
    assertThat(second.hasBallot()).isFalse();
    assertThat(server.node.log.indexes()).containsExactly(1L, first.getIndex());
  }

  @Test
  void takesACommandOfTheLargestSizeAndRefusesOneByteMore() {
    ByteString largest = ByteString.copyFrom(new byte[1 << 20]);

    assertThat(propose(ProposeRequest.newBuilder().setCommand(largest).build()).getIndex())
        .isEqualTo(2);
    CallError callError =
        CallError.by(
            () ->
                propose(
                    ProposeRequest.newBuilder()
                        .setCommand(largest.concat(ByteString.copyFromUtf8("x")))
                        .build()));

    assertThat(callError.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(callError.reason()).isEqualTo(Reason.COMMAND_TOO_LARGE);
    assertThat(callError.metadata("bytes_max")).isEqualTo("1048576");
    assertThat(server.node.log.appliedIndex()).isEqualTo(2);
  }

  @Test
  void saysUnavailableWithTheQuorum() {
    server.node.feel(NodeCondition.ALONE);

    CallError callError = CallError.by(() -> propose(command("a")));

    assertThat(callError.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(callError.reason()).isEqualTo(Reason.NO_QUORUM);
    assertThat(callError.detail(QuorumInfo.class))
        .isEqualTo(QuorumInfo.newBuilder().setVoters(3).setReachable(1).setRequired(2).build());
    assertThat(Durations.toMillis(callError.detail(RetryInfo.class).getRetryDelay())).isPositive();
  }

  @Test
  void saysOverloadedAndWhenToComeBack() {
    server.node.feel(NodeCondition.FULL);

    CallError callError = CallError.by(() -> propose(command("a")));

    assertThat(callError.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(callError.reason()).isEqualTo(Reason.OVERLOADED);
    assertThat(Durations.toMillis(callError.detail(RetryInfo.class).getRetryDelay()))
        .isEqualTo(250);
  }

  @Test
  void answersOutcomeUnknownBeforeTheDeadlineOfTheClient() {
    server.node.feel(NodeCondition.SLOW);
    LogGrpc.LogBlockingStub stub = server.log().withDeadlineAfter(Duration.ofMillis(1_500));

    CallError callError = CallError.by(() -> stub.propose(command("a", place("1", 3, 2))));

    assertThat(callError.code()).isEqualTo(Code.UNKNOWN);
    assertThat(callError.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    assertThat(callError.detail(OutcomeUnknown.class).getSessionSequence())
        .isEqualTo(place("1", 3, 2));
  }

  @Test
  void namesNoSequenceForAnUnknownOutcomeWithoutOne() {
    server.node.feel(NodeCondition.SLOW);
    LogGrpc.LogBlockingStub stub = server.log().withDeadlineAfter(Duration.ofMillis(1_500));

    CallError callError = CallError.by(() -> stub.propose(command("a")));

    assertThat(callError.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    assertThat(callError.detail(OutcomeUnknown.class).hasSessionSequence()).isFalse();
  }

  @Test
  void waitsFiveSecondsWithoutADeadline() {
    propose(command("a"));

    assertThat(server.node.lastTimeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void leavesTheProposalAloneWhenTheClientGoesAway() throws Exception {
    server.node.feel(NodeCondition.SLOW);
    Future<ProposeResponse> waiting = LogGrpc.newFutureStub(server.channel).propose(command("a"));
    TestHolds.until(() -> server.node.heldCount() == 1);
    assertThat(waiting.cancel(true)).isTrue();

    server.node.feel(NodeCondition.WELL);
    server.node.release();
    ProposeResponse next = propose(command("b"));

    assertThat(next.getIndex()).isEqualTo(3);
    assertThat(server.node.log.page(2, 1, 10).entries().get(0).entry().payload().bytes())
        .isEqualTo(new byte[] {'a'});
  }

  @Test
  void tellsEachWayASequenceCanGoWrong() {
    propose(command("a", place("1", 5, 0)));

    assertThat(refusal("b", place("1", 5, 0)))
        .isEqualTo(Code.INVALID_ARGUMENT + " " + Reason.SEQUENCE_REUSED);
    assertThat(refusal("a", place("99", 1, 0)))
        .isEqualTo(Code.FAILED_PRECONDITION + " " + Reason.SESSION_UNKNOWN);
    propose(command("c", place("1", 20, 14)));
    assertThat(refusal("a", place("1", 13, 0)))
        .isEqualTo(Code.FAILED_PRECONDITION + " " + Reason.SEQUENCE_FORGOTTEN);
    assertThat(refusal("a", place("1", 1_000_000, 0)))
        .isEqualTo(Code.RESOURCE_EXHAUSTED + " " + Reason.SEQUENCE_AHEAD);
  }

  private String refusal(String text, SessionSequence place) {
    CallError callError = CallError.by(() -> propose(command(text, place)));
    return callError.code() + " " + callError.reason();
  }

  @Test
  void hidesWhatNobodyForesaw() {
    server.node.feel(NodeCondition.BROKEN);

    CallError callError = CallError.by(() -> propose(command("a")));

    assertThat(callError.code()).isEqualTo(Code.INTERNAL);
    assertThat(callError.reason()).isEqualTo(Reason.INTERNAL_ERROR);
    assertThat(callError.text()).contains(callError.metadata("incident"));
    assertThat(callError.status().toString()).doesNotContain("secret", "Exception");
  }
}
