package io.synod.cli.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.HoldEvent.Lost.Reason;
import io.synod.v1.Holder;
import io.synod.v1.ReleaseRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code synod elect}, {@code holder} and {@code release}. */
@SuppressWarnings("NullAway.Init") // set before each test
@Tag("slow")
final class HolderCommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Holder HELD =
      Holder.newBuilder()
          .setHeld(true)
          .setFencingToken(41)
          .setNodeId("3")
          .setValue(ByteString.copyFromUtf8("10.0.0.3:80"))
          .setSince(Timestamps.fromMillis(1_700_000_000_123L))
          .setValidFor(Durations.fromMillis(7_500))
          .setWaiting(2)
          .build();

  @TempDir Path dir;
  private final FakeLocks locks = new FakeLocks();
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar(locks);
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  @Test
  void saysWhoHoldsALock() {
    locks.holder(HELD);

    Terminal run = Terminal.run(sidecar, "holder", "web");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out())
        .isEqualTo(
            "node 3, token 41, since 2023-11-14T22:13:20.123Z, valid for 7.5 s, 2 waiting"
                + "  10.0.0.3:80\n");
    assertThat(Terminal.run(sidecar, "holder", "web", "--value").out()).isEqualTo("10.0.0.3:80");
  }

  @Test
  void exitsWithUnhealthyWhenNobodyHoldsIt() {
    Terminal run = Terminal.run(sidecar, "holder", "web");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(run.out()).isEqualTo("nobody\n");
  }

  @Test
  void followsTheHolderUntilCtrlC() throws Exception {
    locks.holder(HELD);
    try (SampleCommand child = SampleCommand.start(sidecar, dir, "holder", "web", "--follow")) {
      await().atMost(PATIENCE).until(() -> child.out().contains("token 41"));

      child.signal("INT");

      assertThat(child.exitStatus()).isEqualTo(130);
    }
  }

  @Test
  void takesALockFromItsHolder() {
    locks.holder(HELD);

    assertThat(Terminal.run(sidecar, "release", "web", "--token=41").out())
        .isEqualTo("taken from token 41\n");
    locks.holder(Holder.getDefaultInstance());
    assertThat(Terminal.run(sidecar, "release", "web", "--force").out())
        .isEqualTo("nobody held it\n");
    assertThat(locks.releases)
        .containsExactly(
            ReleaseRequest.newBuilder().setName("web").setFencingToken(41).build(),
            ReleaseRequest.newBuilder().setName("web").setForce(true).build());
  }

  @Test
  void refusesToGuess() {
    for (String line :
        List.of(
            "release web",
            "release web --force --token=3",
            "elect web",
            "lock web",
            "lock web --try --wait=3s -- true",
            "holder web --follow --value")) {
      Terminal run = Terminal.run(sidecar, line.split(" ", -1));
      assertThat(run.exitStatus()).as(line).isEqualTo(ExitStatus.USAGE);
    }
  }

  @Test
  void tellsHowAnElectionGoes() throws Exception {
    locks.holder(HELD);
    try (SampleCommand child =
        SampleCommand.start(sidecar, dir, "elect", "web", "--value=10.0.0.1:80")) {
      FakeLocks.Stream hold = locks.next();
      assertThat(hold.request.getValue().toStringUtf8()).isEqualTo("10.0.0.1:80");
      hold.waiting(1);
      hold.grant(42, 600_000);
      await().atMost(PATIENCE).until(() -> child.out().contains("leader: node 3"));

      hold.lose(Reason.REASON_EXPIRED);

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(child.out().lines())
          .contains("waiting for web: position 1, held at node 3", "elected: token 42")
          .anyMatch(line -> line.startsWith("leader: node 3, token 41, "));
      assertThat(child.err()).startsWith("synod: the election web is lost: the sidecar could not");
    }
  }

  @Test
  void resignsOnCtrlC() throws Exception {
    try (SampleCommand child =
        SampleCommand.start(sidecar, dir, "elect", "web", "--value=a", "-o", "json")) {
      locks.next().grant(42, 600_000);
      await().atMost(PATIENCE).until(() -> child.out().contains("\"fencingToken\":\"42\""));

      child.signal("INT");

      assertThat(child.exitStatus()).isEqualTo(130);
      assertThat(locks.releases).hasSize(1);
    }
  }

  @Test
  void runsACommandWhileItLeads() throws Exception {
    try (SampleCommand child =
        SampleCommand.start(
            sidecar,
            dir,
            "elect",
            "web",
            "--value=a",
            "--",
            "sh",
            "-c",
            "echo token $SYNOD_FENCING_TOKEN; exit 9")) {
      locks.next().grant(42, 600_000);

      assertThat(child.exitStatus()).isEqualTo(9);
      assertThat(child.out()).isEqualTo("token 42\n");
    }
  }

  @Test
  void losesAnElectionThatIsNotRenewedInTime() throws Exception {
    try (SampleCommand child = SampleCommand.start(sidecar, dir, "elect", "web", "--value=a")) {
      locks.next().grant(42, 1_000);

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(child.err()).contains("it was not renewed in time");
    }
  }
}
