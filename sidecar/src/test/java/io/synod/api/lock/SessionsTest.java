package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.synod.api.Mood;
import io.synod.api.Refused;
import io.synod.api.Served;
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
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = new Served();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private SessionsGrpc.SessionsBlockingStub sessions() {
    return SessionsGrpc.newBlockingStub(served.channel);
  }

  private void propose(String session, long sequence) {
    SessionSequence place =
        SessionSequence.newBuilder().setSessionId(session).setSequence(sequence).build();
    assertThat(
            served
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
    assertThat(served.node.log.page(2, 1, 1).entries().get(0).entry().contentType())
        .isEqualTo("till 4");

    CloseSessionRequest closing =
        CloseSessionRequest.newBuilder().setSessionId(opened.getSessionId()).build();
    assertThat(sessions().closeSession(closing).getInfo().getAppliedIndex()).isEqualTo(4);
    assertThat(Refused.by(() -> propose(opened.getSessionId(), 2)).reason())
        .isEqualTo(Reason.SESSION_UNKNOWN);
    assertThat(Refused.by(() -> sessions().closeSession(closing)).reason())
        .isEqualTo(Reason.SESSION_UNKNOWN);
  }

  @Test
  void opensNoneWithoutAQuorum() {
    served.node.feel(Mood.ALONE);

    Refused refused =
        Refused.by(() -> sessions().openSession(OpenSessionRequest.getDefaultInstance()));

    assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(refused.reason()).isEqualTo(Reason.NO_QUORUM);
  }
}
