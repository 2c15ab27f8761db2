package io.synod.sdk;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.synod.processes.ChildProgram;
import io.synod.processes.SidecarCluster;
import io.synod.processes.SidecarProcess;
import io.synod.v1.ProposeRequest;
import io.synod.v1.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that lost disks are replaced one after the other, and the reports when too many are lost.
 */
@Timeout(240)
class LostDisksIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void replacesOneLostDiskAfterTheOtherAndReportsThatTwoAtOnceEndTheQuorum() throws IOException {
    try (SidecarCluster sidecarCluster =
        SidecarCluster.three(folder, ChildProgram.logs("lost-disks"))) {
      sidecarCluster.awaitLeader();
      for (SidecarProcess sidecar : sidecarCluster.all()) {
        propose(sidecar);
        sidecar.kill9();
        startEmpty(sidecar);
        for (SidecarProcess each : sidecarCluster.all()) {
          awaitVotes(each);
        }
      }
      // Nobody is left of the voters with which the cluster formed, and one may fail again.
      sidecarCluster.node(1).kill9();
      propose(sidecarCluster.node(2));
      sidecarCluster.node(1).start();
      sidecarCluster.awaitLeader();
      assertThat(awaitVotes(sidecarCluster.node(1)).getProblem()).isEmpty();

      sidecarCluster.node(2).kill9();
      sidecarCluster.node(3).kill9();
      startEmpty(sidecarCluster.node(3));
      startEmpty(sidecarCluster.node(2));
      for (SidecarProcess sidecar : sidecarCluster.all()) {
        Status status = awaitAlarms(sidecar, "vote_lost:2", "vote_lost:3", "quorum_lost");
        assertThat(status.getAvailability())
            .isEqualTo(Status.Availability.AVAILABILITY_QUORUM_LOST);
        assertThat(status.getQuorum().getReachable()).isEqualTo(1);
        assertThat(status.getProblem()).contains("nothing can be chosen any more");
        assertThat(reason(sidecar)).isEqualTo("QUORUM_LOST");
      }
    }
  }

  /** Waits until the sidecar reaches three voters, and knows of no lost vote. */
  private static Status awaitVotes(SidecarProcess sidecar) {
    return await("sidecar " + sidecar.node() + " reaches three voters")
        .atMost(PATIENCE)
        .until(
            sidecar::awaitStatus,
            status ->
                status.getQuorum().getReachable() == 3
                    && status.getQuorum().getVotesLostCount() == 0);
  }

  private void startEmpty(SidecarProcess sidecar) throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("data-" + sidecar.node()))) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    sidecar.start();
  }

  private static Status awaitAlarms(SidecarProcess sidecar, String... alarms) {
    return await("sidecar " + sidecar.node() + " raises " + List.of(alarms))
        .atMost(PATIENCE)
        .until(sidecar::awaitStatus, status -> List.of(alarms).equals(alarmsOfVotes(status)));
  }

  private static List<String> alarmsOfVotes(Status status) {
    return status.getAlarmsList().stream()
        .filter(alarm -> alarm.startsWith("vote_lost") || alarm.startsWith("quorum_lost"))
        .toList();
  }

  private static void propose(SidecarProcess sidecar) {
    ProposeRequest request =
        ProposeRequest.newBuilder().setCommand(ByteString.copyFromUtf8("x")).build();
    await("a proposal is chosen")
        .atMost(PATIENCE)
        .ignoreException(StatusRuntimeException.class)
        .until(() -> sidecar.log(10).propose(request).getIndex() > 0);
  }

  private static String reason(SidecarProcess sidecar) {
    ProposeRequest request =
        ProposeRequest.newBuilder().setCommand(ByteString.copyFromUtf8("refused")).build();
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> sidecar.log(10).propose(request));
    com.google.rpc.Status status = requireNonNull(StatusProto.fromThrowable(refused));
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no ErrorInfo in " + status);
  }
}
