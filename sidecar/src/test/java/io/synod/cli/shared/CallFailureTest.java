package io.synod.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.v1.CompactionInfo;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.LeaderHint;
import io.synod.v1.QuorumInfo;
import io.synod.v1.StalenessInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallFailureTest {
  private static CallFailure of(Code code, String reason, Message... details) {
    return CallFailure.of(CannedSidecar.error(code, reason, "told", details), "here", true);
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT,INVALID_REQUEST,2",
    "INVALID_ARGUMENT,COMMAND_TOO_LARGE,2",
    "INVALID_ARGUMENT,SEQUENCE_REUSED,2",
    "UNAVAILABLE,NO_QUORUM,5",
    "UNAVAILABLE,SHUTTING_DOWN,5",
    "RESOURCE_EXHAUSTED,OVERLOADED,5",
    "RESOURCE_EXHAUSTED,SEQUENCE_AHEAD,1",
    "UNKNOWN,OUTCOME_UNKNOWN,4",
    "DEADLINE_EXCEEDED,NOT_YET_APPLIED,4",
    "FAILED_PRECONDITION,SESSION_UNKNOWN,1",
    "FAILED_PRECONDITION,TOO_STALE,1",
    "FAILED_PRECONDITION,NOT_LEADER,1",
    "OUT_OF_RANGE,COMPACTED,1",
    "DATA_LOSS,DAMAGED,1",
    "NOT_FOUND,NOT_CHOSEN,1"
  })
  void givesEachReasonItsExitStatus(Code code, String reason, int exitStatus) {
    CallFailure callFailure = of(code, reason);

    assertThat(callFailure.exitStatus()).isEqualTo(exitStatus);
    assertThat(callFailure.reason()).isEqualTo(reason);
    assertThat(callFailure.line()).isEqualTo(reason + ": told");
  }

  @Test
  void tellsTheQuorumAndWhenToComeBack() {
    CallFailure callFailure =
        of(
            Code.UNAVAILABLE,
            "NO_QUORUM",
            QuorumInfo.newBuilder().setVoters(3).setReachable(1).setRequired(2).build(),
            RetryInfo.newBuilder().setRetryDelay(Durations.fromMillis(250)).build());

    assertThat(callFailure.line())
        .isEqualTo("NO_QUORUM: told (1 of 3 voters reachable, 2 needed; retry in 250 ms)");
  }

  @Test
  void tellsStalenessCompactionAndTheLeader() {
    assertThat(
            of(
                    Code.FAILED_PRECONDITION,
                    "TOO_STALE",
                    StalenessInfo.newBuilder()
                        .setStaleness(Durations.fromMillis(1500))
                        .setAppliedIndex(9)
                        .build())
                .line())
        .isEqualTo("TOO_STALE: told (1.5 s behind; applied through index 9)");
    assertThat(
            of(
                    Code.OUT_OF_RANGE,
                    "COMPACTED",
                    CompactionInfo.newBuilder().setRequestedIndex(3).setOldestIndex(40).build())
                .line())
        .isEqualTo("COMPACTED: told (the oldest index kept is 40)");
    assertThat(
            of(
                    Code.FAILED_PRECONDITION,
                    "NOT_LEADER",
                    LeaderHint.newBuilder().setNodeId("2").build())
                .line())
        .isEqualTo("NOT_LEADER: told (node 2 leads)");
  }

  @Test
  void doesNotSayTwiceWhatTheMessageSaid() {
    StatusRuntimeException error =
        CannedSidecar.error(
            Code.UNAVAILABLE,
            "NO_QUORUM",
            "1 of 3 voters can be reached, 2 are required",
            QuorumInfo.newBuilder().setVoters(3).setReachable(1).setRequired(2).build(),
            RetryInfo.newBuilder().setRetryDelay(Durations.fromMillis(250)).build());

    assertThat(CallFailure.of(error, "here", false).line())
        .isEqualTo("NO_QUORUM: 1 of 3 voters can be reached, 2 are required (retry in 250 ms)");
  }

  @Test
  void staysOnOneLineWhateverTheServerSays() {
    StatusRuntimeException error =
        CannedSidecar.error(Code.NOT_FOUND, "NOT_CHOSEN", "a\nb\u001b[2Jc");

    assertThat(CallFailure.of(error, "here", false).line()).isEqualTo("NOT_CHOSEN: a b [2Jc");
  }

  @Test
  void leavesNoDoubtAboutACallThatChangesNothing() {
    CallFailure callFailure =
        CallFailure.of(Status.UNAVAILABLE.asRuntimeException(), "here", false);

    assertThat(callFailure.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(callFailure.line()).isEqualTo("the connection to here broke before the answer");
  }

  @Test
  void tellsThatNobodyListens() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    Terminal run = Terminal.run("propose", "x", "--endpoint", "127.0.0.1:" + port);

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(run.err().strip())
        .isEqualTo("synod: nobody answers at 127.0.0.1:" + port + ": connection refused");
  }

  @Test
  void tellsThatThereIsNoSocket() {
    Terminal run = Terminal.run("status", "--endpoint", "unix:/nowhere/synod.sock");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(run.err().strip())
        .isEqualTo("synod: nobody answers at unix:/nowhere/synod.sock: no such socket");
  }

  @Test
  void tellsThatAServerIsNoSidecar() throws IOException {
    try (CannedSidecar sidecar = new CannedSidecar()) {
      Terminal run = Terminal.run(sidecar, "status");

      assertThat(run.exitStatus()).isEqualTo(ExitStatus.ERROR);
      assertThat(run.err().lines()).hasSize(1);
      assertThat(run.err()).contains("is it a Synod sidecar?");
    }
  }

  @Test
  void givesUpOnAServerThatNeverAnswers() throws IOException {
    try (CannedSidecar sidecar = new CannedSidecar()) {
      sidecar.hang(GetStatusRequest.class, () -> {});

      Terminal run = Terminal.run(sidecar, "status", "--timeout=100ms");

      assertThat(run.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(run.err().lines()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "status --endpoint nowhere",
    "status --endpoint 127.0.0.1:0",
    "status --endpoint 127.0.0.1:70000",
    "status --endpoint unix:relative",
    "status --timeout 5",
    "status --timeout 0s",
    "status --output xml",
    "status --no-such-flag",
    "read --level weak",
    "read --level bounded",
    "read --max-staleness 1s",
    "read --limit 0",
    "read --limit 20000",
    "read --from -1",
    "watch --count -1",
    "explain",
    "explain 0",
    "explain 4 --index 5",
    "explain four",
    "elections --limit 0",
    "trace --type nothing",
    "session",
    "session close"
  })
  void refusesBadUsage(String line) {
    Terminal run = Terminal.run(line.split(" ", -1));

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).isNotBlank().doesNotContain("Exception", "io.synod", "\tat ");
  }
}
