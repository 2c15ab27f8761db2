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
    try (Sidecars sidecars = Sidecars.three(folder, Program.logs("snapshots"), KEYS)) {
      Sidecar leader = sidecars.awaitLeader();
      Sidecar behind = sidecars.others(leader).get(0);
      propose(leader, 5);
      behind.kill9();
      propose(leader, 500);
      assertThat(status(leader).getOldestIndex()).isGreaterThan(100);
      behind.start();
      agree(sidecars);
      assertThat(status(behind).getOldestIndex()).isGreaterThan(100);
      propose(behind, 5);

      sidecars.all().forEach(Sidecar::kill9);
      sidecars.all().forEach(Sidecar::start);
      propose(sidecars.awaitLeader(), 5);
      agree(sidecars);
    }
  }

  private static Status status(Sidecar sidecar) {
    return sidecar.awaitStatus();
  }

  private static void propose(Sidecar sidecar, int count) {
    for (int i = 0; i < count; i++) {
      ProposeRequest request =
          ProposeRequest.newBuilder()
              .setCommand(ByteString.copyFrom(new byte[PAYLOAD_BYTES]))
              .build();
      assertThat(sidecar.log(30).propose(request).getIndex()).isPositive();
    }
  }

  /** All are equally far, and have the same state. */
  private static void agree(Sidecars sidecars) {
    await("equal states")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Set<String> states = new HashSet<>();
              for (Sidecar sidecar : sidecars.all()) {
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
