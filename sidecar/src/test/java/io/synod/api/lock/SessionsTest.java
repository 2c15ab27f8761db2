package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.NodeCondition;
import io.synod.api.TestServer;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.ProposeRequest;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import io.synod.v1.SessionsGrpc;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SessionsTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private SessionsGrpc.SessionsBlockingStub sessions() {
    return SessionsGrpc.newBlockingStub(server.channel);
  }

  private void propose(String session, long sequence) {
    SessionSequence place =
        SessionSequence.newBuilder().setSessionId(session).setSequence(sequence).build();
    assertThat(
            server
                .log()
                .propose(ProposeRequest.newBuilder().setSessionSequence(place).build())
                .getIndex())
        .isPositive();
  }

  @Test
  void opensASessionThatTakesProposalsUntilItIsClosed() {
    OpenSessionResponse opened =
        sessions().openSession(OpenSessionRequest.newBuilder().setDisplayName("till 4").build());
    propose(opened.getSessionId(), 1);

    assertThat(opened.getSessionId()).isEqualTo("2");
    assertThat(opened.getMaxUnacknowledged()).isPositive();
    assertThat(server.node.log.page(2, 1, 1).entries().get(0).entry().contentType())
        .isEqualTo("till 4");

    CloseSessionRequest closing =
        CloseSessionRequest.newBuilder().setSessionId(opened.getSessionId()).build();
    assertThat(sessions().closeSession(closing).getInfo().getAppliedIndex()).isEqualTo(4);
    assertThat(CallError.by(() -> propose(opened.getSessionId(), 2)).reason())
        .isEqualTo(Reason.SESSION_UNKNOWN);
    assertThat(CallError.by(() -> sessions().closeSession(closing)).reason())
        .isEqualTo(Reason.SESSION_UNKNOWN);
  }

  @Test
  void opensNoneWithoutAQuorum() {
    server.node.feel(NodeCondition.ALONE);

    CallError callError =
        CallError.by(() -> sessions().openSession(OpenSessionRequest.getDefaultInstance()));

    assertThat(callError.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(callError.reason()).isEqualTo(Reason.NO_QUORUM);
  }
}
