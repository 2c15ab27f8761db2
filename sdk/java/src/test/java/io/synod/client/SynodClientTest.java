package io.synod.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.synod.client.MemorySidecar.Fault;
import io.synod.v1.ProposeResponse;
import io.synod.v1.ReadRequest;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SynodClientTest {
  private static final Duration SHORT = Duration.ofMillis(1_500);

  private MemorySidecar sidecar;
  private SynodClient client;

  @BeforeEach
  void connect() throws IOException {
    sidecar = new MemorySidecar();
    client = SynodClient.over(sidecar.channel);
  }

  @AfterEach
  void close() {
    client.close();
    sidecar.close();
  }

  private ProposeResponse propose(String command) {
    return client.propose(command.getBytes(UTF_8));
  }

  private SynodException failing(String command) {
    return catchThrowableOfType(
        SynodException.class, () -> client.propose(command.getBytes(UTF_8), "", SHORT));
  }

  @Test
  void proposesUnderOneSessionOfItsOwn() {
    assertThat(propose("a").getIndex()).isEqualTo(1);
    assertThat(propose("b").getIndex()).isEqualTo(2);

    assertThat(sidecar.asked())
        .extracting(it -> it.getSessionId() + " " + it.getSequence() + " " + it.getAckedBelow())
        .containsExactly("501 1 1", "501 2 2");
  }

  @Test
  void proposesOnceHoweverOftenTheAnswerIsLost() {
    sidecar.faults.addAll(
        List.of(Fault.LOSE_ANSWER, Fault.OUTCOME_UNKNOWN, Fault.NO_QUORUM, Fault.OVERLOADED));

    ProposeResponse response = propose("a");

    assertThat(response.getDeduplicated()).isTrue();
    assertThat(sidecar.commands()).containsExactly("a");
    assertThat(sidecar.asked()).hasSize(5);
    assertThat(sidecar.asked().stream().map(SessionSequence::getSequence).distinct()).hasSize(1);
  }

  @Test
  void saysNoQuorumOnlyIfSurelyNothingWasDone() {
    // The last fault answers before the deadline, after which the outcome would be unknown.
    sidecar.faults.addAll(
        List.of(Fault.NO_QUORUM, Fault.OVERLOADED, Fault.NO_QUORUM, Fault.NO_QUORUM_FOR_LONG));

    SynodException error = failing("a");

    assertThat(error).isInstanceOf(NoQuorumException.class);
    assertThat(((NoQuorumException) error).quorum().getReachable()).isEqualTo(1);
    assertThat(error.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(sidecar.commands()).isEmpty();
  }

  @Test
  void saysOutcomeUnknownIfAnyAttemptMayHaveBeenDone() {
    sidecar.faults.add(Fault.LOSE_ANSWER);
    for (int i = 0; i < 100; i++) {
      sidecar.faults.add(Fault.NO_QUORUM);
    }

    SynodException error = failing("a");

    assertThat(error).isInstanceOf(OutcomeUnknownException.class);
    assertThat(sidecar.commands()).containsExactly("a");
  }

  @Test
  void doesNotRepeatWhatCanNeverSucceed() {
    sidecar.faults.add(Fault.TOO_LARGE);

    SynodException error = catchThrowableOfType(SynodException.class, () -> propose("a"));

    assertThat(error.reason()).isEqualTo(Reason.COMMAND_TOO_LARGE);
    assertThat(error).hasMessage("COMMAND_TOO_LARGE: as told");
    assertThat(sidecar.asked()).hasSize(1);
  }

  @Test
  void opensAnotherSessionWhenItsOwnIsForgotten() {
    propose("a");
    sidecar.faults.add(Fault.SESSION_UNKNOWN);

    propose("b");

    assertThat(sidecar.commands()).containsExactly("a", "b");
    assertThat(sidecar.asked().get(2).getSessionId()).isEqualTo("502");
  }

  @Test
  void doesNotProposeAnewWhatMayBeDoneWhenItsSessionIsForgotten() {
    sidecar.faults.addAll(List.of(Fault.LOSE_ANSWER, Fault.SESSION_UNKNOWN));

    assertThat(failing("a")).isInstanceOf(OutcomeUnknownException.class);
    assertThat(sidecar.commands()).containsExactly("a");
    propose("b");
    assertThat(sidecar.commands()).containsExactly("a", "b");
  }

  @Test
  void keepsManyInFlightAndForgetsNoneThatIsOpen() throws Exception {
    List<CompletableFuture<ProposeResponse>> flying = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      sidecar.faults.add(i % 7 == 0 ? Fault.LOSE_ANSWER : Fault.NONE);
      flying.add(client.proposeAsync(("c" + i).getBytes(UTF_8), "", SynodClient.DEFAULT_TIMEOUT));
    }
    for (CompletableFuture<ProposeResponse> one : flying) {
      assertThat(one.get(20, TimeUnit.SECONDS).getIndex()).isPositive();
    }

    assertThat(sidecar.commands()).hasSize(500).doesNotHaveDuplicates();
    assertThat(sidecar.asked()).allMatch(place -> place.getAckedBelow() <= place.getSequence());
  }

  @Test
  void waitsForEver() {
    Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
    ReadRequest request = ReadRequest.newBuilder().setStartIndex(1).build();
    sidecar.faults.addAll(List.of(Fault.NO_QUORUM, Fault.LOSE_ANSWER));
    assertThat(client.propose("a".getBytes(UTF_8), "", forEver).getIndex()).isEqualTo(1);
    sidecar.faults.addAll(List.of(Fault.NO_QUORUM, Fault.LOSE_ANSWER));
    assertThat(client.read(request, forEver).getEntriesCount()).isEqualTo(1);
  }

  @Test
  void readsAgainUntilItCan() {
    sidecar.append(3);
    sidecar.faults.addAll(List.of(Fault.NO_QUORUM, Fault.LOSE_ANSWER));

    assertThat(client.read(ReadRequest.newBuilder().setStartIndex(2).build()).getEntriesCount())
        .isEqualTo(2);
  }

  @Test
  void closesItsSessionAndFailsWhatWaits() {
    propose("a");
    for (int i = 0; i < 100; i++) {
      sidecar.faults.add(Fault.NO_QUORUM);
    }
    CompletableFuture<ProposeResponse> waiting =
        client.proposeAsync(new byte[0], "", Duration.ofSeconds(20));
    while (sidecar.asked().size() < 3) {
      Thread.onSpinWait();
    }

    client.close();

    assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(NoQuorumException.class);
    assertThat(sidecar.openSessions()).isZero();
  }

  @Test
  void givesUpInTimeWhenNoSidecarIsThere() {
    try (SynodClient nobody = SynodClient.connect("127.0.0.1:1")) {
      SynodException error =
          catchThrowableOfType(SynodException.class, () -> nobody.propose(new byte[0], "", SHORT));

      assertThat(error).isNotInstanceOf(OutcomeUnknownException.class);
      assertThat(error.reason()).isEqualTo(Reason.REASON_UNSPECIFIED);
    }
  }
}
