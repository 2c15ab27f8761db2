package io.synod.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.synod.v1.ProposeRequest;
import io.synod.v1.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar that is behind what the others trimmed, in real processes on real disks. */
@Timeout(240)
class SnapshotIT {
  private static final Map<String, String> KEYS =
      Map.of(
          // Nothing here is about elections: a slow disk should not cause one.
          "election.timeout", "5s",
          "storage.tailFileBytes", "64KiB",
          "snapshot.logBytes", "256KiB",
          "log.keepBytes", "64KiB",
          "recent.bytesMax", "64KiB");
  private static final int PAYLOAD_BYTES = 4_096;

  @TempDir private Path folder;

  @Test
  void goesOnFromAPeersSnapshotAndThenFromItsOwn() {
    try (SidecarCluster sidecarCluster =
        SidecarCluster.three(folder, ChildProgram.logs("snapshots"), KEYS)) {
      SidecarProcess leader = sidecarCluster.awaitLeader();
      SidecarProcess behind = sidecarCluster.others(leader).get(0);
      propose(leader, 5);
      behind.kill9();
      propose(leader, 500);
      assertThat(status(leader).getOldestIndex()).isGreaterThan(100);
      behind.start();
      agree(sidecarCluster);
      assertThat(status(behind).getOldestIndex()).isGreaterThan(100);
      propose(behind, 5);

      sidecarCluster.all().forEach(SidecarProcess::kill9);
      sidecarCluster.all().forEach(SidecarProcess::start);
      propose(sidecarCluster.awaitLeader(), 5);
      agree(sidecarCluster);
    }
  }

  private static Status status(SidecarProcess sidecar) {
    return sidecar.awaitStatus();
  }

  private static void propose(SidecarProcess sidecar, int count) {
    for (int i = 0; i < count; i++) {
      ProposeRequest request =
          ProposeRequest.newBuilder()
              .setCommand(ByteString.copyFrom(new byte[PAYLOAD_BYTES]))
              .build();
      assertThat(sidecar.log(30).propose(request).getIndex()).isPositive();
    }
  }

  /** All are equally far, and have the same state. */
  private static void agree(SidecarCluster sidecarCluster) {
    await("equal states")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Set<String> states = new HashSet<>();
              for (SidecarProcess sidecar : sidecarCluster.all()) {
                states.add(
                    sidecar
                        .status()
                        .map(status -> status.getAppliedSlot() + " " + status.getStateDigest())
                        .orElse("none of " + sidecar.node()));
              }
              return states.size() == 1;
            });
  }
}
