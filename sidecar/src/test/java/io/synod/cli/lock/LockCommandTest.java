package io.synod.cli.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.HoldEvent.Lost.Reason;
import io.synod.v1.HoldRequest;
import io.synod.v1.ReleaseRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code synod lock -- COMMAND}, and the commands it runs, as real processes. */
@SuppressWarnings("NullAway.Init") // set before each test
@Tag("slow")
final class LockCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LONG_MILLIS = 600_000;

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

  /** Runs a script of the shell under the lock; its first word tells when it runs. */
  private SampleCommand lock(String script, String... options) throws IOException {
    String[] args = new String[options.length + 6];
    args[0] = "lock";
    System.arraycopy(options, 0, args, 1, options.length);
    args[options.length + 1] = "printer";
    args[options.length + 2] = "--";
    args[options.length + 3] = "sh";
    args[options.length + 4] = "-c";
    args[options.length + 5] = script;
    return SampleCommand.start(sidecar, dir, args);
  }

  private static void awaitOut(SampleCommand child, String word) {
    await().atMost(PATIENCE).until(() -> child.out().contains(word));
  }

  private static ProcessHandle process(SampleCommand child, String word) throws IOException {
    String pid = child.out().replaceAll("(?s).*" + word + "=(\\d+).*", "$1");
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  @Test
  void runsTheCommandWithTheTokenAndPassesItsExitStatusOn() throws Exception {
    try (SampleCommand child =
        lock(
            "echo $SYNOD_LOCK_NAME $SYNOD_FENCING_TOKEN $SYNOD_ENDPOINT; exit 42",
            "--value=here",
            "--ttl=3s")) {
      FakeLocks.Stream hold = locks.next();
      hold.waiting(1);
      await().atMost(PATIENCE).until(() -> child.err().contains("position 1"));
      assertThat(child.out()).isEmpty();
      hold.grant(77, LONG_MILLIS);

      assertThat(child.exitStatus()).isEqualTo(42);
      assertThat(child.out()).isEqualTo("printer 77 " + sidecar.endpoint() + "\n");
      assertThat(child.err()).isEqualTo("# waiting for printer: position 1, held at node 3\n");
      assertThat(hold.request)
          .isEqualTo(
              HoldRequest.newBuilder()
                  .setName("printer")
                  .setValue(ByteString.copyFromUtf8("here"))
                  .setTtl(Durations.fromSeconds(3))
                  .build());
      assertThat(locks.releases)
          .containsExactly(
              ReleaseRequest.newBuilder().setName("printer").setFencingToken(77).build());
    }
  }

  @Test
  void runsNothingWhenItIsNotGranted() throws Exception {
    try (SampleCommand child = lock("echo ran", "--try")) {
      FakeLocks.Stream hold = locks.next();
      hold.lose(Reason.REASON_NOT_GRANTED);

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
      assertThat(child.out()).isEmpty();
      assertThat(child.err()).isEqualTo("synod: the lock printer is held by another\n");
      assertThat(hold.request.hasWait()).isTrue();
      assertThat(hold.request.getWait()).isEqualTo(Durations.ZERO);
    }
  }

  @Test
  void doesNotTrustASidecarThatSaysNothingToTellIt() throws Exception {
    try (SampleCommand child = lock("echo ran", "--wait=100ms", "--timeout=6s")) {
      FakeLocks.Stream hold = locks.next();

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(child.out()).isEmpty();
      assertThat(child.err()).startsWith("synod: no answer from ").endsWith(" in time\n");
      assertThat(hold.awaitCancel()).isTrue();
    }
  }

  @Test
  void runsNothingWhenTheSidecarGoesWhileItWaits() throws Exception {
    try (SampleCommand child = lock("echo ran", "--wait=30s", "--timeout=9999999h")) {
      FakeLocks.Stream hold = locks.next();
      assertThat(hold.request.getWait()).isEqualTo(Durations.fromSeconds(30));
      sidecar.breakOff();

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
      assertThat(child.out()).isEmpty();
    }
  }

  @Test
  void stopsTheCommandAndWhatItStartedWhenTheLockIsLost() throws Exception {
    try (SampleCommand child = lock("sleep 600 & echo sleeper=$!; wait; echo on")) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      awaitOut(child, "sleeper=");
      ProcessHandle sleeper = process(child, "sleeper");

      hold.lose(Reason.REASON_RELEASED);

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(child.out()).doesNotContain("on\n");
      assertThat(child.err())
          .isEqualTo(
              "synod: the lock printer is lost: an operator released it; stopping the command\n");
      await().atMost(PATIENCE).until(() -> !sleeper.isAlive());
      assertThat(locks.releases).isEmpty();
    }
  }

  @Test
  void killsACommandThatDoesNotListenBeforeTheLockIsAnothers() throws Exception {
    try (SampleCommand child =
        lock("trap 'echo asked' TERM; echo ready=$$; while :; do sleep 0.05; done")) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      awaitOut(child, "ready=");
      ProcessHandle command = process(child, "ready");

      long from = System.nanoTime();
      hold.renew(3_000);

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
      assertThat(took).isBetween(2_900L, 30_000L);
      assertThat(child.out()).contains("asked");
      assertThat(child.err()).contains("is lost: it was not renewed in time");
      assertThat(command.isAlive()).isFalse();
    }
  }

  @Test
  void leavesTheCommandAloneWhileItIsRenewed() throws Exception {
    try (SampleCommand child = lock("echo ready; sleep 8; echo done")) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, 6_000);
      while (child.process().isAlive()) {
        hold.renew(6_000);
        TimeUnit.MILLISECONDS.sleep(200);
      }

      assertThat(child.exitStatus()).isZero();
      assertThat(child.out()).isEqualTo("ready\ndone\n");
    }
  }

  @Test
  void stopsTheCommandWhenTheSidecarDies() throws Exception {
    try (SampleCommand child = lock("echo ready; exec sleep 600")) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      awaitOut(child, "ready");

      sidecar.breakOff();

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(child.err()).startsWith("synod: the lock printer is lost: the connection to ");
    }
  }

  @Test
  void passesSignalsOnAndLetsTheCommandDecide() throws Exception {
    String script =
        "trap 'echo hup' HUP; trap 'echo usr1' USR1; trap 'echo int; exit 7' INT; echo ready;"
            + " while :; do sleep 0.05; done";
    try (SampleCommand child = lock(script)) {
      locks.next().grant(5, LONG_MILLIS);
      awaitOut(child, "ready");

      child.signal("HUP");
      awaitOut(child, "hup");
      child.signal("USR1");
      awaitOut(child, "usr1");
      child.signal("INT");

      assertThat(child.exitStatus()).isEqualTo(7);
      assertThat(locks.releases).hasSize(1);
    }
  }

  /** The terminal sends it to both: passed on, it would come twice. */
  @Test
  void letsCtrlCOnATerminalReachTheCommandOnce() throws Exception {
    String terminal =
        """
        import os, pty, sys
        pid, tty = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        said, asked = b'', False
        while True:
            try:
                said += os.read(tty, 1024)
            except OSError:
                break
            if b'ready' in said and not asked:
                asked = True
                os.write(tty, b'\\x03')
        print(said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """;
    String script =
        "trap 'echo got' INT; echo ready; i=0;"
            + " while [ $i -lt 40 ]; do sleep 0.05; i=$((i+1)); done; exit 7";
    try (SampleCommand child =
        SampleCommand.start(
            sidecar,
            dir,
            List.of("python3", "-c", terminal),
            List.of("lock", "printer", "--", "sh", "-c", script))) {
      locks.next().grant(5, LONG_MILLIS);

      assertThat(child.exitStatus()).isZero();
      assertThat(child.out().lines().filter(line -> line.contains("got"))).hasSize(1);
      assertThat(child.out().strip()).endsWith(" 7");
      assertThat(locks.releases).hasSize(1);
    }
  }

  @Test
  void endsAsTheCommandDidThatASignalEnded() throws Exception {
    try (SampleCommand child = lock("echo ready; exec sleep 600")) {
      locks.next().grant(5, LONG_MILLIS);
      awaitOut(child, "ready");

      child.signal("TERM");

      assertThat(child.exitStatus()).isEqualTo(128 + 15);
      assertThat(locks.releases).hasSize(1);
    }
  }

  @Test
  void leavesTheQueueOnASignal() throws Exception {
    try (SampleCommand child = lock("echo ran")) {
      FakeLocks.Stream hold = locks.next();
      hold.waiting(2);
      await().atMost(PATIENCE).until(() -> child.err().contains("position 2"));

      child.signal("INT");

      assertThat(child.exitStatus()).isEqualTo(130);
      assertThat(child.out()).isEmpty();
      assertThat(hold.awaitCancel()).isTrue();
    }
  }

  @Test
  void endsTheCommandThoughItIsKilledItself() throws Exception {
    try (SampleCommand child = lock("echo ready=$$; exec sleep 600", "--grace=1s")) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      awaitOut(child, "ready=");
      ProcessHandle command = process(child, "ready");

      child.process().destroyForcibly();

      assertThat(hold.awaitCancel()).isTrue();
      await().atMost(PATIENCE).until(() -> !command.isAlive());
    }
  }

  @Test
  void givesTheLockBackWhenThereIsNoSuchCommand() throws Exception {
    try (SampleCommand child =
        SampleCommand.start(sidecar, dir, "lock", "printer", "--", "/no/such/program", "-x")) {
      locks.next().grant(8, LONG_MILLIS);

      assertThat(child.exitStatus()).isEqualTo(127);
      assertThat(child.err())
          .isEqualTo("synod: cannot run /no/such/program: there is no such program\n");
      assertThat(locks.releases).hasSize(1);
    }
  }

  @Test
  void takesEverythingBehindTheDashesForTheCommand() throws Exception {
    Path file = Files.writeString(dir.resolve("it"), "");
    try (SampleCommand child =
        SampleCommand.start(
            sidecar,
            dir,
            "lock",
            "printer",
            "--",
            "printf",
            "%s|",
            "--try",
            "--",
            "-o",
            "json",
            file.toString())) {
      locks.next().grant(8, LONG_MILLIS);

      assertThat(child.exitStatus()).isZero();
      assertThat(child.out()).isEqualTo("--try|--|-o|json|" + file + "|");
    }
  }
}
