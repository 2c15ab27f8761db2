package io.synod.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.processes.Program;
import io.synod.processes.Sidecar;
import io.synod.processes.Sidecars;
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
 * A Python program proposes every line of a real text through one sidecar, a Node program rebuilds
 * it from another, and every sidecar is killed meanwhile.
 */
class WalkthroughIT {
  private static final Path SDK = Program.root().resolve("sdk");
  // Slow enough that lines are still proposed when the last sidecar is killed; then no longer.
  private static final int LINES_PER_SECOND = 500;
  private static final int LINES_BETWEEN_KILLS = 2_000;
  private static final Duration RUN = Duration.ofMinutes(4);
  private static final Duration READ = Duration.ofSeconds(60);

  private final Path logs = Program.logs("walkthrough");
  private final String python = Program.setUp(logs, SDK.resolve("python/setup.sh"));
  private final String node = Program.setUp(logs, SDK.resolve("node/setup.sh"));
  private final Path text = Path.of(Program.setUp(logs, SDK.resolve("text.sh")));

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

    try (Sidecars sidecars = Sidecars.three(folder, logs)) {
      sidecars.awaitLeader();
      try (Program watcher = watcher(sidecars.node(3), rebuilt);
          Program proposer = proposer(sidecars.node(1))) {
        killEach(sidecars, proposer);
        proposer.say("go on");
        JsonObject proposed = json(proposer.lastLine(RUN));
        JsonObject watched = json(watcher.lastLine(RUN));
        report("proposed", proposed);
        report("watched", watched);

        assertThat(proposed.get("indexes").getAsLong()).isEqualTo(lines);
        assertThat(watched.get("lines").getAsLong()).isEqualTo(lines);
        assertThat(watched.get("commands").getAsLong()).isEqualTo(lines + 1);
        assertThat(watched.get("lastIndex")).isEqualTo(proposed.get("lastIndex"));
        assertThat(Files.mismatch(text, rebuilt)).isEqualTo(-1);
        assertAllHoldTheSame(sidecars, watched);

        sidecars.all().forEach(Sidecar::kill9);
        sidecars.all().forEach(Sidecar::start);
        report("after a full restart, leader", sidecars.awaitLeader().id());
        assertAllHoldTheSame(sidecars, watched);
      }
    }
  }

  // Whoever leads, twice; then those that were spared; in all four kills, and every sidecar among
  // them. Always one at a time, so that a quorum lives.
  private void killEach(Sidecars sidecars, Program proposer) {
    List<Sidecar> killed = new ArrayList<>();
    while (killed.size() < 4) {
      awaitProgress(sidecars, proposer);
      Sidecar leader = sidecars.awaitLeader();
      Sidecar victim =
          killed.size() < 2
              ? leader
              : Stream.concat(
                      sidecars.all().stream().filter(one -> !killed.contains(one)),
                      sidecars.others(leader).stream()
                          .filter(one -> one != killed.get(killed.size() - 1)))
                  .findFirst()
                  .orElseThrow();
      killAndRestart(sidecars, proposer, victim);
      killed.add(victim);
    }
    assertThat(killed).containsAll(sidecars.all());
    assertThat(proposer.isAlive()).as("lines are still proposed").isTrue();
  }

  private void awaitProgress(Sidecars sidecars, Program proposer) {
    long index = sidecars.appliedIndex() + LINES_BETWEEN_KILLS;
    await("the log reaches index " + index)
        .atMost(RUN)
        .pollInterval(Duration.ofMillis(100))
        .failFast("the proposer ended", () -> !proposer.isAlive())
        .until(() -> sidecars.appliedIndex() >= index);
  }

  private void killAndRestart(Sidecars sidecars, Program proposer, Sidecar victim) {
    assertThat(proposer.isAlive()).as("lines are still proposed").isTrue();
    Status before = victim.awaitStatus();
    long began = System.nanoTime();
    victim.kill9();
    victim.start();
    sidecars.awaitApplied(victim, before.getInfo().getAppliedIndex());
    Sidecar leader = sidecars.awaitLeader();
    report(
        "killed %s %s at index %d"
            .formatted(before.getRole(), victim.id(), before.getInfo().getAppliedIndex()),
        "back after %d ms, leader %s"
            .formatted((System.nanoTime() - began) / 1_000_000, leader.id()));
  }

  private void assertAllHoldTheSame(Sidecars sidecars, JsonObject watched) {
    long last = watched.get("lastIndex").getAsLong();
    List<String> digests = new ArrayList<>();
    for (Sidecar sidecar : sidecars.all()) {
      sidecars.awaitApplied(sidecar, last);
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
                sidecars.all().stream()
                        .map(Sidecar::awaitStatus)
                        .map(status -> status.getAppliedSlot() + " " + status.getStateDigest())
                        .distinct()
                        .count()
                    == 1);
  }

  private Program proposer(Sidecar sidecar) {
    Path program = SDK.resolve("python/walkthrough/propose_file.py");
    List<String> command =
        List.of(
            python,
            program.toString(),
            "--sidecar=" + sidecar.address(),
            "--rate=" + LINES_PER_SECOND,
            text.toString());
    return Program.start("propose_file", logs, command);
  }

  private Program watcher(Sidecar sidecar, Path rebuilt) {
    Path program = SDK.resolve("node/walkthrough/watch_file.js");
    String output = rebuilt.toString();
    List<String> command =
        List.of(node, program.toString(), "--sidecar", sidecar.address(), "--output", output);
    return Program.start("watch_file", logs, command);
  }

  private JsonObject read(Sidecar sidecar, String level) {
    Path program = SDK.resolve("python/walkthrough/read_log.py");
    List<String> command =
        List.of(python, program.toString(), "--sidecar", sidecar.address(), "--level", level);
    try (Program reader = Program.start("read_log", logs, command)) {
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
