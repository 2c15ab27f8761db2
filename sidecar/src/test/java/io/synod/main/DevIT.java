package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.synod.cli.shared.ExitStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the command that runs a whole cluster. */
class DevIT {
  private static final Pattern ROW = Pattern.compile("(?m)^\\d +(\\d+) +(leader|follower) +(\\d) ");

  @TempDir private Path directory;

  @Test
  void formsChoosesCommandsAndEndsWithNothingLeft() throws Exception {
    try (PackagedProgram dev = PackagedProgram.start(directory, Map.of(), "dev", "--once")) {
      String data = dev.await("data in (\\S+)");
      assertThat(dev.exit()).as(dev.err()).isEqualTo(ExitStatus.OK);
      assertThat(dev.out().lines().filter(line -> line.startsWith("chosen: 'hello from node ")))
          .hasSize(3);
      List<MatchResult> rows = rows(dev);
      assertThat(rows).hasSize(3);
      assertThat(rows).filteredOn(row -> row.group(2).equals("leader")).hasSize(1);
      assertThat(rows.stream().map(row -> row.group(3)).distinct()).hasSize(1);
      assertThat(rows).noneMatch(row -> isAlive(row.group(1)));
      assertThat(Path.of(data)).doesNotExist();
    }
  }

  @Test
  void keepsTheDataItWasToldToKeep() throws Exception {
    Path data = directory.resolve("kept");
    for (int run = 1; run <= 2; run++) {
      try (PackagedProgram dev =
          PackagedProgram.start(
              directory, Map.of(), "dev", "--once", "--nodes", "1", "--data", "" + data)) {
        assertThat(dev.exit()).as(dev.err()).isEqualTo(ExitStatus.OK);
        long index = Long.parseLong(dev.await("at index (\\d+)"));
        assertThat(index).isGreaterThan(run);
      }
      assertThat(Files.isDirectory(data.resolve("node-1"))).isTrue();
    }
  }

  @Test
  void takesItsSidecarsAlongWhenItIsKilled() throws Exception {
    try (PackagedProgram dev =
        PackagedProgram.start(directory, Map.of(), "dev", "--data", "" + directory)) {
      dev.await("(Ctrl-C here stops everything)");
      String rest = " +\\d+ +(?:leader|follower) .*\n";
      String table = dev.await("(?m)^(1" + rest + "2" + rest + "3" + rest + ")");
      List<MatchResult> rows = ROW.matcher(table).results().toList();
      assertThat(rows).hasSize(3).allMatch(row -> isAlive(row.group(1)));
      dev.process().destroyForcibly();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> rows.stream().noneMatch(row -> isAlive(row.group(1))));
    }
  }

  @Test
  void showsWhoWasKilled() throws Exception {
    try (PackagedProgram dev =
        PackagedProgram.start(directory, Map.of(), "dev", "--data", "" + directory)) {
      dev.await("(Ctrl-C here stops everything)");
      String pid = dev.await("(?m)^2 +(\\d+) +(?:leader|follower)");
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      dev.await("(?m)^2 +- +killed by (signal 9)");
      dev.process().destroy();
      dev.exit();
      assertThat(rows(dev)).noneMatch(row -> isAlive(row.group(1)));
    }
  }

  private static List<MatchResult> rows(PackagedProgram dev) {
    List<MatchResult> all = ROW.matcher(dev.out()).results().toList();
    return all.subList(0, Math.min(3, all.size()));
  }

  private static boolean isAlive(String pid) {
    return ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
  }
}
