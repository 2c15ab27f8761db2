package io.synod.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.synod.processes.ChildProgram;
import io.synod.processes.SidecarCluster;
import io.synod.processes.SidecarProcess;
import io.synod.v1.Reason;
import io.synod.v1.Status.Availability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests every command in a {@code sh} block of a page as a reader types it: it succeeds, or fails
 * for the reason that its comment names.
 */
class PagesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern INDEX = Pattern.compile("index (\\d+)");
  // Other tests run these: CI runs the build, DevIT runs dev, and ReadmeIT runs the pasted program.
  private static final List<String> ELSEWHERE = List.of("mvn verify", "kv_pb2_grpc");

  private final Path logs = ChildProgram.logs("pages");

  @TempDir private Path folder;

  @Test
  @Timeout(420)
  void everyCommandDoesWhatItsPageSays() throws IOException {
    Path shell = shell();
    try (SidecarCluster sidecarCluster = SidecarCluster.three(folder, logs)) {
      sidecarCluster.awaitLeader();
      int run = 0;
      for (DocPage page : DocPage.all()) {
        for (String block : page.blocks("sh")) {
          if (ELSEWHERE.stream().noneMatch(block::contains)) {
            List<String> told = runBlock(sidecarCluster, shell, block);
            run += told.size();
            if (block.contains("--request-id")) {
              assertThat(told.stream().map(PagesIT::index).distinct()).as(block).hasSize(1);
            }
          }
        }
      }
      assertThat(run).isGreaterThan(12);
    }
  }

  /**
   * Runs the commands of a block and returns their output. Where the page says that nodes 2 and 3
   * are killed, they are, and are restarted afterwards.
   */
  private List<String> runBlock(SidecarCluster sidecarCluster, Path shell, String block) {
    List<ShellStatement> statements = ShellStatement.of(block);
    boolean alone =
        statements.stream().anyMatch(statement -> statement.refusal() == Reason.NO_QUORUM);
    List<SidecarProcess> others = sidecarCluster.others(sidecarCluster.node(1));
    if (alone) {
      others.forEach(SidecarProcess::kill9);
      await("node 1 is alone")
          .atMost(PATIENCE)
          .until(
              () -> sidecarCluster.node(1).awaitStatus().getAvailability(),
              Availability.AVAILABILITY_NO_QUORUM::equals);
    }
    List<String> told = new ArrayList<>();
    for (ShellStatement statement : statements) {
      try (ChildProgram program = start(shell, sidecarCluster.node(1), statement)) {
        check(statement, program);
        told.add(program.tail());
      }
    }
    if (alone) {
      others.forEach(SidecarProcess::start);
      sidecarCluster.awaitLeader();
    }
    return told;
  }

  /** The index of a proposed command, from its output. */
  private static String index(String told) {
    return INDEX.matcher(told).results().findFirst().orElseThrow().group(1);
  }

  private static void check(ShellStatement statement, ChildProgram program) {
    if (statement.follows()) {
      await(statement.text()).atMost(PATIENCE).until(() -> !program.tail().isBlank());
      assertThat(program.isAlive()).as(statement.text()).isTrue();
      return;
    }
    int exit = program.exit(PATIENCE);
    String told = statement.text() + program.tail();
    if (statement.refusal() == null) {
      assertThat(exit).as(told).isZero();
    } else {
      assertThat(exit).as(told).isNotZero();
      assertThat(program.tail()).contains(Objects.requireNonNull(statement.refusal()).name());
    }
  }

  // The shell runs a command that ends by itself; it is replaced by one that does not, so that the
  // test can end it.
  private ChildProgram start(Path shell, SidecarProcess sidecar, ShellStatement statement) {
    String where =
        "cd \"$0\" && PATH=$0/sidecar/bin:$PATH && export PATH SYNOD_ENDPOINT=%s\n%s%s"
            .formatted(sidecar.address(), statement.follows() ? "exec " : "", statement.text());
    try (Stream<Path> before = Files.list(logs)) {
      String name = "command-" + before.count();
      return ChildProgram.start(name, logs, List.of("sh", "-c", where, shell.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A directory like the top of the repository, with the files that pages tell a reader to have.
   */
  private Path shell() throws IOException {
    Path shell = Files.createDirectories(folder.resolve("clone"));
    Path bin = Files.createDirectories(shell.resolve("sidecar/bin"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    script(
        bin.resolve("synod"),
        "exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar '%s' \"$@\""
            .formatted(java, SidecarProcess.jar()));
    script(shell.resolve("backup.sh"), "echo \"holds $SYNOD_FENCING_TOKEN\"");
    Files.writeString(
        shell.resolve("synod.yaml"), DocPage.RUNNING.block("yaml", "cluster: orders"));
    return shell;
  }

  private static void script(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
