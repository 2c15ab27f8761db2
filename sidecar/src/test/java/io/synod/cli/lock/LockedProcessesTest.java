package io.synod.cli.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.HoldEvent.Lost.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No process that {@code synod lock} or {@code synod elect} started outlives the lock. */
@SuppressWarnings("NullAway.Init") // set before each test
@Tag("slow")
final class LockedProcessesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LONG_MILLIS = 600_000;

  /** A shell whose child works on when it ends. */
  private static final String WITH_CHILD = "sleep 600 & echo child=$!; sleep 600";

  @TempDir Path dir;
  private final FakeLocks locks = new FakeLocks();
  private final List<ProcessHandle> started = new ArrayList<>();
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar(locks);
  }

  @AfterEach
  void stop() {
    started.forEach(ProcessHandle::destroyForcibly);
    sidecar.close();
  }

  private SampleCommand lock(String script, String... options) throws IOException {
    List<String> args = new ArrayList<>(List.of("lock"));
    args.addAll(List.of(options));
    args.addAll(List.of("l", "--", "sh", "-c", script));
    return SampleCommand.start(sidecar, dir, args.toArray(String[]::new));
  }

  /** The process that the output names. */
  private ProcessHandle process(SampleCommand child, String word) throws IOException {
    await().atMost(PATIENCE).until(() -> child.out().matches("(?s).*" + word + "=\\d+\n.*"));
    String pid = child.out().replaceAll("(?s).*" + word + "=(\\d+)\n.*", "$1");
    ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    started.add(process);
    return process;
  }

  private static void awaitEnd(ProcessHandle process) {
    await().atMost(PATIENCE).until(() -> !runs(process.pid()));
  }

  /** Not one that has ended and whose parent has not noticed yet. */
  private static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "INT"})
  void endsWhatTheCommandLeftBeforeTheLockIsGivenBack(String signal) throws Exception {
    String asked =
        "sh -c 'trap \"sleep 1; exit\" TERM; while :; do sleep 0.05; done' & echo child=$!;";
    try (SampleCommand child = lock(asked + " sleep 600")) {
      locks.next().grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");
      locks.atRelease(() -> assertThat(runs(left.pid())).isFalse());

      child.signal(signal);

      assertThat(child.exitStatus()).isGreaterThan(128);
      assertThat(runs(left.pid())).isFalse();
      assertThat(locks.releases).hasSize(1);
      assertThat(locks.wrong()).isNull();
    }
  }

  @Test
  void killsAtOnceWhenItIsKilledItself() throws Exception {
    try (SampleCommand child = lock("trap '' TERM HUP; " + WITH_CHILD, "--grace=1h")) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");

      child.process().destroyForcibly();

      assertThat(hold.awaitCancel()).isTrue();
      awaitEnd(left);
    }
  }

  /** As a shell with job control does with a whole pipeline. */
  @Test
  void killsWhenItsProcessGroupIsKilled() throws Exception {
    try (SampleCommand child =
        SampleCommand.start(
            sidecar, dir, List.of("setsid"), List.of("lock", "l", "--", "sh", "-c", WITH_CHILD))) {
      locks.next().grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");

      assertThat(kill("KILL", -child.process().pid())).isZero();

      awaitEnd(left);
    }
  }

  @Test
  void killsBeforeTheLockIsAnothersThoughItIsStopped() throws Exception {
    try (SampleCommand child = lock(WITH_CHILD)) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");
      hold.renew(4_000);
      long from = System.nanoTime();
      await().atMost(PATIENCE).until(() -> locks.releases.isEmpty());
      child.signal("STOP");

      awaitEnd(left);

      assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(8));
      child.signal("CONT");
      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
    }
  }

  @Test
  void endsWhatWentIntoASessionOfItsOwn() throws Exception {
    String daemon = "setsid sh -c 'sleep 600 & echo child=$!' & wait; exec sleep 600";
    try (SampleCommand child = lock(daemon)) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");

      hold.lose(Reason.REASON_RELEASED);

      assertThat(child.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(runs(left.pid())).isFalse();
    }
  }

  @Test
  void killsWhatWentIntoASessionOfItsOwnWhenItIsKilledItself() throws Exception {
    String daemon = "setsid sh -c 'sleep 600 & echo child=$!' & wait; exec sleep 600";
    try (SampleCommand child = lock(daemon)) {
      locks.next().grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");

      child.process().destroyForcibly();

      awaitEnd(left);
    }
  }

  @Test
  void endsWhatCleanedItsEnvironment() throws Exception {
    try (SampleCommand child = lock("env -i sleep 600 & echo child=$!; exit 9")) {
      locks.next().grant(1, LONG_MILLIS);

      assertThat(child.exitStatus()).isEqualTo(9);
      String pid = child.out().replaceAll("(?s).*child=(\\d+)\n.*", "$1");
      assertThat(runs(Long.parseLong(pid))).isFalse();
      assertThat(child.err()).startsWith("synod: the command ended and left processes behind");
    }
  }

  @Test
  void killsWhatDoesNotListenAfterTheGrace() throws Exception {
    String deaf = "sh -c 'trap \"\" TERM; echo child=$$; while :; do sleep 0.05; done' & sleep 600";
    try (SampleCommand child = lock(deaf, "--grace=1s")) {
      locks.next().grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");
      locks.atRelease(() -> assertThat(runs(left.pid())).isFalse());

      child.signal("TERM");

      assertThat(child.exitStatus()).isEqualTo(128 + 15);
      assertThat(runs(left.pid())).isFalse();
      assertThat(locks.wrong()).isNull();
    }
  }

  /** What signals there are, and that none makes the lock free while the work goes on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "USR1", "SEGV", "USR2", "PIPE",
        "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
        "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
      })
  void passesOnHandlesOrRefusesEverySignal(String signal) throws Exception {
    String script =
        "trap 'echo got' HUP INT USR1 ALRM TERM WINCH; sleep 600 & echo child=$!; echo shell=$$;"
            + " while :; do sleep 0.05; done";
    try (SampleCommand child = lock(script)) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");
      ProcessHandle shell = process(child, "shell");

      child.signal(signal);
      if (Signals.ends(signal) || signal.equals("USR1") || signal.equals("WINCH")) {
        await().atMost(PATIENCE).until(() -> child.out().contains("got"));
        child.signal("KILL");
      } else if (Signals.stops(signal)) {
        await().atMost(PATIENCE).until(() -> child.err().contains(signal + " is ignored"));
        assertThat(runs(left.pid())).isTrue();
        child.signal("KILL");
      } else if (List.of("CHLD", "CONT", "URG", "PIPE", "XFSZ", "USR2", "QUIT").contains(signal)) {
        // Java answers these itself, and goes on.
        assertThat(locks.releases).isEmpty();
        child.signal("KILL");
      }

      awaitEnd(left);
      awaitEnd(shell);
      assertThat(locks.releases).isEmpty();
    }
  }

  @Test
  void replacesAWatchdogThatWasKilled() throws Exception {
    try (SampleCommand child = lock(WITH_CHILD)) {
      FakeLocks.Stream hold = locks.next();
      hold.grant(1, LONG_MILLIS);
      ProcessHandle left = process(child, "child");
      ProcessHandle watchdog = watchdogs(child).get(0);
      watchdog.destroyForcibly();
      awaitEnd(watchdog);
      hold.renew(LONG_MILLIS);
      await().atMost(PATIENCE).until(() -> !watchdogs(child).isEmpty());

      child.process().destroyForcibly();

      awaitEnd(left);
    }
  }

  private static List<ProcessHandle> watchdogs(SampleCommand child) {
    return child
        .process()
        .children()
        .filter(one -> one.info().arguments().map(LockedProcessesTest::isWatchdog).orElse(false))
        .toList();
  }

  private static boolean isWatchdog(String[] arguments) {
    return List.of(arguments).toString().contains("/proc/uptime");
  }

  @ParameterizedTest
  @ValueSource(strings = {"setsid", "sh", "timeout", "dd", "grep", "sleep"})
  void asksForNoLockWhenAToolIsMissing(String tool) throws Exception {
    Path bin = Files.createDirectory(dir.resolve("bin"));
    for (String each : List.of("setsid", "sh", "timeout", "dd", "grep", "sleep", "true")) {
      if (!each.equals(tool)) {
        Path file = bin.resolve(each);
        Files.writeString(file, "#!/bin/sh\nexec /usr/bin/" + each + " \"$@\"\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
      }
    }
    try (SampleCommand child =
        SampleCommand.start(
            sidecar,
            dir,
            List.of("/usr/bin/env", "PATH=" + bin),
            List.of("elect", "l", "--value=v", "--", "/bin/echo", "ran"))) {
      assertThat(child.exitStatus()).isEqualTo(ExitStatus.ERROR);
      assertThat(child.err())
          .startsWith("synod: cannot run a command under a lock: ")
          .endsWith("there is no " + tool + "\n");
      assertThat(child.out()).isEmpty();
      assertThat(locks.requests()).isZero();
    }
  }

  private static int kill(String signal, long pid) throws IOException, InterruptedException {
    return new ProcessBuilder("kill", "-s", signal, "--", Long.toString(pid)).start().waitFor();
  }
}
