package io.synod.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.Terminal;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.CloseSessionResponse;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
final class SessionCommandTest {
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  @Test
  void opensAndClosesASession() {
    sidecar.answer(
        OpenSessionRequest.class, OpenSessionResponse.newBuilder().setSessionId("s42").build());
    sidecar.answer(CloseSessionRequest.class, CloseSessionResponse.getDefaultInstance());

    assertThat(Terminal.run(sidecar, "session", "open", "--name=me").out().strip())
        .isEqualTo("s42");
    assertThat(Terminal.run(sidecar, "session", "close", "s42").exitStatus()).isZero();
    assertThat(sidecar.requests(OpenSessionRequest.class).get(0).getDisplayName()).isEqualTo("me");
    assertThat(sidecar.requests(CloseSessionRequest.class).get(0).getSessionId()).isEqualTo("s42");
  }
}
