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

/** Tests the reports of three sidecars after one disk was lost, and after a second one was. */
@Timeout(240)
class LostDisksIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void everySidecarTellsOfLostVotesAndOfTheEndOfTheQuorum() throws IOException {
    try (SidecarCluster sidecarCluster =
        SidecarCluster.three(folder, ChildProgram.logs("lost-disks"))) {
      sidecarCluster.awaitLeader();
      propose(sidecarCluster.node(1));

      loseDisk(sidecarCluster.node(2));
      for (SidecarProcess sidecar : sidecarCluster.all()) {
        awaitAlarms(sidecar, "vote_lost:2");
        // A sidecar that has just started may know of the lost vote before both others answer.
        Status status =
            await("it reaches both voters")
                .atMost(PATIENCE)
                .until(sidecar::awaitStatus, seen -> seen.getQuorum().getReachable() == 2);
        assertThat(status.getQuorum().getVotesLostList()).containsExactly("2");
        assertThat(status.getProblem()).contains("the vote of node 2 is lost");
      }
      propose(sidecarCluster.node(2));

      sidecarCluster.node(1).kill9();
      for (SidecarProcess sidecar : List.of(sidecarCluster.node(2), sidecarCluster.node(3))) {
        await("it has no quorum")
            .atMost(PATIENCE)
            .until(sidecar::awaitStatus, LostDisksIT::isAlone);
        assertThat(reason(sidecar)).isEqualTo("NO_QUORUM");
        assertThat(sidecar.awaitStatus().getProblem()).contains("node 1 is missing");
      }

      sidecarCluster.node(1).start();
      sidecarCluster.awaitLeader();
      loseDisk(sidecarCluster.node(3));
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

  /**
   * Whether the node knows no leader; before that it would forward a proposal, which might be
   * executed.
   */
  private static boolean isAlone(Status status) {
    return status.getQuorum().getReachable() == 1 && !status.getInfo().hasLeader();
  }

  private void loseDisk(SidecarProcess sidecar) throws IOException {
    sidecar.kill9();
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
