package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.synod.cli.shared.ExitStatus;
import io.synod.v1.HoldEvent;
import io.synod.v1.Holder;
import io.synod.v1.ReleaseResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the commands of locks and elections, each in a process, against three sidecars that can be
 * killed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class LockCommandsIT {
  /** A script that prints its environment, and then stays. */
  private static final String STAY =
      "echo name=$SYNOD_LOCK_NAME token=$SYNOD_FENCING_TOKEN at=$SYNOD_ENDPOINT pid=$$; sleep 600";

  private static final Pattern OUTPUT =
      Pattern.compile("name=(\\S+) token=(\\d+) at=(\\S+) pid=(\\d+)\n");

  @TempDir static Path dir;
  private ThreeSidecars threeSidecars;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    threeSidecars = ThreeSidecars.start(dir);
  }

  @AfterAll
  void stop() {
    threeSidecars.close();
  }

  /** A command that runs under a lock, and what it printed. */
  private record RunningLock(CommandRunner.Running lock, long token, ProcessHandle command) {}

  private RunningLock hold(int node, String name, String... options) throws IOException {
    CommandRunner.Running lock = start(node, name, STAY, options);
    ThreeSidecars.awaitPrinted(lock, "pid=");
    MatchResult output = OUTPUT.matcher(lock.printed()).results().findFirst().orElseThrow();
    assertThat(output.group(1)).isEqualTo(name);
    assertThat(output.group(3)).isEqualTo(threeSidecars.node(node).text());
    ProcessHandle command = ProcessHandle.of(Long.parseLong(output.group(4))).orElseThrow();
    return new RunningLock(lock, Long.parseLong(output.group(2)), command);
  }

  private CommandRunner.Running start(int node, String name, String script, String... options)
      throws IOException {
    String[] args = new String[options.length + 6];
    args[0] = "lock";
    System.arraycopy(options, 0, args, 1, options.length);
    System.arraycopy(new String[] {name, "--", "sh", "-c", script}, 0, args, options.length + 1, 5);
    return threeSidecars.synod().start(threeSidecars.node(node), args);
  }

  private static void awaitGone(ProcessHandle process) {
    await("the command is gone").atMost(ThreeSidecars.PATIENCE).until(() -> !process.isAlive());
  }

  @Test
  void runsOneCommandAtATimeAndSaysWhoseTurnItIs() throws Exception {
    RunningLock held = hold(1, "turn", "--value=first");
    String who = threeSidecars.ok(2, "holder", "turn");
    assertThat(who).startsWith("node 1, token " + held.token() + ", since ").endsWith("  first\n");
    assertThat(threeSidecars.ok(3, "holder", "turn", "--value")).isEqualTo("first");
    Holder holder =
        ThreeSidecars.parse(
                threeSidecars.ok(3, "holder", "turn", "-o", "json"), Holder.newBuilder())
            .build();
    assertThat(holder.getHeld()).isTrue();
    assertThat(holder.getFencingToken()).isEqualTo(held.token());

    String other = "the lock turn is held by another";
    threeSidecars.refused(
        ExitStatus.UNHEALTHY, other, 3, "lock", "turn", "--try", "--", "echo", "ran");
    CommandRunner.Result gaveUp = start(2, "turn", "echo ran", "--wait=3s").await();
    assertThat(gaveUp.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(gaveUp.out()).isEmpty();
    assertThat(gaveUp.err())
        .isEqualTo("# waiting for turn: position 1, held at node 1\nsynod: " + other + "\n");

    CommandRunner.Running next = start(3, "turn", "echo token=$SYNOD_FENCING_TOKEN; exit 42");
    await()
        .atMost(ThreeSidecars.PATIENCE)
        .until(() -> threeSidecars.ok(2, "holder", "turn").contains("1 waiting"));
    assertThat(next.printed()).isEmpty();
    held.lock().signal("TERM");
    assertThat(held.lock().await().exitStatus()).isEqualTo(128 + 15);
    awaitGone(held.command());

    CommandRunner.Result turn = next.await();
    assertThat(turn.exitStatus()).isEqualTo(42);
    long token = Long.parseLong(ThreeSidecars.match("token=(\\d+)\n", turn.out()).group(1));
    assertThat(token).isGreaterThan(held.token());
    CommandRunner.Result nobody =
        threeSidecars.synod().run(threeSidecars.node(1), "holder", "turn");
    assertThat(nobody.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(nobody.out()).isEqualTo("nobody\n");
  }

  @Test
  void stopsTheCommandWhenAnOperatorReleasesTheLock() throws Exception {
    RunningLock held = hold(1, "hammer");
    threeSidecars.refused(
        ExitStatus.UNHEALTHY, "CONDITION_FAILED: ", 2, "release", "hammer", "--token=1");
    assertThat(held.command().isAlive()).isTrue();
    assertThat(threeSidecars.ok(2, "release", "hammer", "--token", Long.toString(held.token())))
        .isEqualTo("taken from token " + held.token() + "\n");

    CommandRunner.Result lost = held.lock().await();
    assertThat(lost.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
    assertThat(lost.err())
        .isEqualTo(
            "synod: the lock hammer is lost: an operator released it; stopping the command\n");
    awaitGone(held.command());
    assertThat(threeSidecars.ok(3, "release", "hammer", "--force")).isEqualTo("nobody held it\n");
    String json = threeSidecars.ok(3, "release", "hammer", "--force", "-o", "json");
    assertThat(ThreeSidecars.parse(json, ReleaseResponse.newBuilder()).getReleasedToken()).isZero();
  }

  @Test
  void stopsTheCommandBeforeAnotherIsGrantedWhenTheSidecarIsKilled() throws Exception {
    RunningLock held = hold(2, "fence", "--ttl=5s");
    // This runs once the other hold has expired, and reports if its command is still alive.
    String look = "kill -0 " + held.command().pid() + " 2>/dev/null && echo BOTH; ";
    CommandRunner.Running next = start(3, "fence", look + STAY);
    await()
        .atMost(ThreeSidecars.PATIENCE)
        .until(() -> threeSidecars.ok(1, "holder", "fence").contains("1 waiting"));
    threeSidecars.cluster().kill(1);
    try {
      CommandRunner.Result lost = held.lock().await();
      assertThat(lost.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
      assertThat(lost.err())
          .startsWith(
              "synod: the lock fence is lost: the connection to " + threeSidecars.node(2).text())
          .endsWith("; stopping the command\n");
      awaitGone(held.command());

      ThreeSidecars.awaitPrinted(next, "pid=");
      assertThat(next.printed()).doesNotContain("BOTH");
      MatchResult output = OUTPUT.matcher(next.printed()).results().findFirst().orElseThrow();
      assertThat(Long.parseLong(output.group(2))).isGreaterThan(held.token());
      next.signal("TERM");
      assertThat(next.await().exitStatus()).isEqualTo(128 + 15);
    } finally {
      threeSidecars.cluster().restart(1);
      await()
          .atMost(ThreeSidecars.PATIENCE)
          .until(
              () ->
                  threeSidecars.synod().run(threeSidecars.node(2), "status").exitStatus()
                      == ExitStatus.OK);
    }
  }

  @Test
  void freesTheLockAndEndsTheCommandWhenItsProcessIsKilled() throws Exception {
    RunningLock held = hold(1, "orphan", "--ttl=10m");
    held.lock().signal("KILL");
    awaitGone(held.command());

    // The hold ends with the connection, long before its ten minutes are over.
    assertThat(start(3, "orphan", "echo next", "--wait=40s").await().out()).isEqualTo("next\n");
  }

  @Test
  void electsOneLeaderAfterTheOther() throws Exception {
    CommandRunner.Running follow =
        threeSidecars.synod().start(threeSidecars.node(3), "holder", "chief", "--follow");
    ThreeSidecars.awaitPrinted(follow, "nobody\n");
    CommandRunner.Running first =
        threeSidecars.synod().start(threeSidecars.node(1), "elect", "chief", "--value=first:80");
    ThreeSidecars.awaitPrinted(first, "elected: token ");
    CommandRunner.Running second =
        threeSidecars
            .synod()
            .start(threeSidecars.node(2), "elect", "chief", "--value=second:80", "-o", "json");
    ThreeSidecars.awaitPrinted(second, "\"waiting\":");
    ThreeSidecars.awaitPrinted(follow, "  first:80\n");
    CommandRunner.Result third =
        threeSidecars
            .synod()
            .run(threeSidecars.node(3), "elect", "chief", "--value=third", "--try");
    assertThat(third.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(third.err()).isEqualTo("synod: another leads\n");

    first.signal("TERM");
    CommandRunner.Result stopped = first.await();
    assertThat(stopped.exitStatus()).isEqualTo(128 + 15);
    assertThat(stopped.out()).contains("leader: node 1, token ");
    ThreeSidecars.awaitPrinted(second, "\"granted\":");
    ThreeSidecars.awaitPrinted(follow, "  second:80\n");
    assertThat(threeSidecars.ok(3, "holder", "chief", "--value")).isEqualTo("second:80");

    threeSidecars.ok(1, "release", "chief", "--force");
    CommandRunner.Result lost = second.await();
    assertThat(lost.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
    assertThat(lost.err())
        .isEqualTo("synod: the election chief is lost: an operator released it\n");
    String last = lost.outLines().get(lost.outLines().size() - 1);
    assertThat(ThreeSidecars.parse(last, HoldEvent.newBuilder()).getLost().getReason())
        .isEqualTo(HoldEvent.Lost.Reason.REASON_RELEASED);
    follow.signal("INT");
    assertThat(follow.await().exitStatus()).isEqualTo(130);
  }

  @Test
  void runsACommandWhileItLeads() throws Exception {
    CommandRunner.Result led =
        threeSidecars
            .synod()
            .run(
                threeSidecars.node(2),
                "elect",
                "captain",
                "--value=me",
                "--",
                "sh",
                "-c",
                "echo $SYNOD_LOCK_NAME $SYNOD_FENCING_TOKEN; exit 7");
    assertThat(led.exitStatus()).isEqualTo(7);
    ThreeSidecars.match("captain \\d+\n", led.out());
  }

  @Test
  void refusesWhatCannotBeMeantAndSaysThatNobodyAnswers() throws Exception {
    RefusedCommands usage = new RefusedCommands(threeSidecars, ExitStatus.USAGE);
    usage.add("COMMAND", "lock", "l");
    usage.add("give --wait or --try", "lock", "l", "--wait=1s", "--try", "--", "true");
    usage.add("'soon' is not a length of time", "lock", "l", "--wait=soon", "--", "true");
    usage.add("give --value, or --file", "elect", "l");
    usage.add("leave --follow out", "holder", "l", "--follow", "--value");
    usage.add("give --token N, or --force", "release", "l");
    usage.add("give --token N, or --force", "release", "l", "--force", "--token=1");
    usage.add("INVALID_REQUEST: ", "lock", "l", "--ttl=0s", "--", "true");
    RefusedCommands dead = new RefusedCommands(threeSidecars, ExitStatus.UNAVAILABLE);
    String nobody = "nobody answers at 127.0.0.1:1: connection refused";
    for (String command :
        new String[] {"lock l -- true", "elect l --value v", "holder l", "release l --force"}) {
      dead.add(nobody, command.replace(" l", " l --endpoint 127.0.0.1:1").split(" "));
    }
    usage.check();
    dead.check();
    threeSidecars.refused(
        ExitStatus.NO_PROGRAM, "cannot run no-such", 1, "lock", "l", "--", "no-such");
  }
}
