package io.synod.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.processes.ChildProgram;
import io.synod.processes.SidecarCluster;
import io.synod.processes.SidecarProcess;
import io.synod.v1.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests a walkthrough: a Python program proposes every line of a text through one sidecar, a Node
 * program rebuilds it from another, and every sidecar is killed meanwhile.
 */
class WalkthroughIT {
  private static final Path SDK = ChildProgram.root().resolve("sdk");
  // This is slow enough that lines are still proposed when the last sidecar is killed, and no
  // longer.
  private static final int LINES_PER_SECOND = 500;
  private static final int LINES_BETWEEN_KILLS = 2_000;
  private static final Duration RUN = Duration.ofMinutes(4);
  private static final Duration READ = Duration.ofSeconds(60);

  private final Path logs = ChildProgram.logs("walkthrough");
  private final String python = ChildProgram.setUp(logs, SDK.resolve("python/setup.sh"));
  private final String node = ChildProgram.setUp(logs, SDK.resolve("node/setup.sh"));
  private final Path text = Path.of(ChildProgram.setUp(logs, SDK.resolve("text.sh")));

  @TempDir private Path folder;

  @Test
  @Timeout(600)
  void everyLineIsThereOnceOnAllSidecarsAlthoughEachOfThemIsKilled() throws IOException {
    long lines;
    try (var all = Files.lines(text)) {
      lines = all.count();
    }
    assertThat(lines).isGreaterThanOrEqualTo(100_000);
    Path rebuilt = folder.resolve("rebuilt");

    try (SidecarCluster sidecarCluster = SidecarCluster.three(folder, logs)) {
      sidecarCluster.awaitLeader();
      try (ChildProgram watcher = watcher(sidecarCluster.node(3), rebuilt);
          ChildProgram proposer = proposer(sidecarCluster.node(1))) {
        killEach(sidecarCluster, proposer);
        proposer.writeLine("go on");
        JsonObject proposed = json(proposer.lastLine(RUN));
        JsonObject watched = json(watcher.lastLine(RUN));
        report("proposed", proposed);
        report("watched", watched);

        assertThat(proposed.get("indexes").getAsLong()).isEqualTo(lines);
        assertThat(watched.get("lines").getAsLong()).isEqualTo(lines);
        assertThat(watched.get("commands").getAsLong()).isEqualTo(lines + 1);
        assertThat(watched.get("lastIndex")).isEqualTo(proposed.get("lastIndex"));
        assertThat(Files.mismatch(text, rebuilt)).isEqualTo(-1);
        assertAllHoldTheSame(sidecarCluster, watched);

        sidecarCluster.all().forEach(SidecarProcess::kill9);
        sidecarCluster.all().forEach(SidecarProcess::start);
        report("after a full restart, leader", sidecarCluster.awaitLeader().id());
        assertAllHoldTheSame(sidecarCluster, watched);
      }
    }
  }

  // Kills the leader twice, and then other sidecars, in four kills, each sidecar at least once. It
  // kills one at a time, so that a quorum is left.
  private void killEach(SidecarCluster sidecarCluster, ChildProgram proposer) {
    List<SidecarProcess> killed = new ArrayList<>();
    while (killed.size() < 4) {
      awaitProgress(sidecarCluster, proposer);
      SidecarProcess leader = sidecarCluster.awaitLeader();
      SidecarProcess victim =
          killed.size() < 2
              ? leader
              : Stream.concat(
                      sidecarCluster.all().stream().filter(one -> !killed.contains(one)),
                      sidecarCluster.others(leader).stream()
                          .filter(one -> one != killed.get(killed.size() - 1)))
                  .findFirst()
                  .orElseThrow();
      killAndRestart(sidecarCluster, proposer, victim);
      killed.add(victim);
    }
    assertThat(killed).containsAll(sidecarCluster.all());
    assertThat(proposer.isAlive()).as("lines are still proposed").isTrue();
  }

  private void awaitProgress(SidecarCluster sidecarCluster, ChildProgram proposer) {
    long index = sidecarCluster.appliedIndex() + LINES_BETWEEN_KILLS;
    await("the log reaches index " + index)
        .atMost(RUN)
        .pollInterval(Duration.ofMillis(100))
        .failFast("the proposer ended", () -> !proposer.isAlive())
        .until(() -> sidecarCluster.appliedIndex() >= index);
  }

  private void killAndRestart(
      SidecarCluster sidecarCluster, ChildProgram proposer, SidecarProcess victim) {
    assertThat(proposer.isAlive()).as("lines are still proposed").isTrue();
    Status before = victim.awaitStatus();
    long began = System.nanoTime();
    victim.kill9();
    victim.start();
    sidecarCluster.awaitApplied(victim, before.getInfo().getAppliedIndex());
    SidecarProcess leader = sidecarCluster.awaitLeader();
    report(
        "killed %s %s at index %d"
            .formatted(before.getRole(), victim.id(), before.getInfo().getAppliedIndex()),
        "back after %d ms, leader %s"
            .formatted((System.nanoTime() - began) / 1_000_000, leader.id()));
  }

  private void assertAllHoldTheSame(SidecarCluster sidecarCluster, JsonObject watched) {
    long last = watched.get("lastIndex").getAsLong();
    List<String> digests = new ArrayList<>();
    for (SidecarProcess sidecar : sidecarCluster.all()) {
      sidecarCluster.awaitApplied(sidecar, last);
      for (String level : List.of("LOCAL", "STRONG")) {
        JsonObject read = read(sidecar, level);
        assertThat(read.get("node").getAsString()).isEqualTo(sidecar.id());
        assertThat(read.get("level").getAsString()).isEqualTo("READ_LEVEL_" + level);
        for (String same : List.of("commands", "firstIndex", "lastIndex", "digest")) {
          assertThat(read.get(same))
              .as("%s of sidecar %s, read %s", same, sidecar.id(), level)
              .isEqualTo(watched.get(same));
        }
        digests.add(read.get("digest").getAsString());
      }
    }
    report("equal digests", digests.size() + " x " + digests.get(0));
    await("one state on all")
        .atMost(READ)
        .until(
            () ->
                sidecarCluster.all().stream()
                        .map(SidecarProcess::awaitStatus)
                        .map(status -> status.getAppliedSlot() + " " + status.getStateDigest())
                        .distinct()
                        .count()
                    == 1);
  }

  private ChildProgram proposer(SidecarProcess sidecar) {
    Path program = SDK.resolve("python/walkthrough/propose_file.py");
    List<String> command =
        List.of(
            python,
            program.toString(),
            "--sidecar=" + sidecar.address(),
            "--rate=" + LINES_PER_SECOND,
            text.toString());
    return ChildProgram.start("propose_file", logs, command);
  }

  private ChildProgram watcher(SidecarProcess sidecar, Path rebuilt) {
    Path program = SDK.resolve("node/walkthrough/watch_file.js");
    String output = rebuilt.toString();
    List<String> command =
        List.of(node, program.toString(), "--sidecar", sidecar.address(), "--output", output);
    return ChildProgram.start("watch_file", logs, command);
  }

  private JsonObject read(SidecarProcess sidecar, String level) {
    Path program = SDK.resolve("python/walkthrough/read_log.py");
    List<String> command =
        List.of(python, program.toString(), "--sidecar", sidecar.address(), "--level", level);
    try (ChildProgram reader = ChildProgram.start("read_log", logs, command)) {
      return json(reader.lastLine(READ));
    }
  }

  private static JsonObject json(String line) {
    return JsonParser.parseString(line).getAsJsonObject();
  }

  private static void report(String what, Object value) {
    System.out.println("walkthrough: " + what + ": " + value);
  }
}
