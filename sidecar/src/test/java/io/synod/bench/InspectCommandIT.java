package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.synod.cli.shared.ExitStatus;
import io.synod.main.InProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code synod inspect} on the directories of three sidecars, running and stopped. */
final class InspectCommandIT {
  @TempDir static Path dir;

  @Test
  void readsTheDirectoriesOfStoppedSidecars() throws IOException, InterruptedException {
    List<Path> data;
    try (ThreeSidecars three = ThreeSidecars.start(dir)) {
      three.ok(1, "put", "city", "Vienna");
      three.ok(1, "snapshot", "take");
      three.ok(2, "put", "city", "Graz");
      data = dataDirectories();
      assertThat(data).hasSize(3);
      for (Path one : data) {
        CommandRunner.Result refused = inspect(one);
        ThreeSidecars.refused(ExitStatus.ERROR, "data directory " + one, refused);
        assertThat(refused.err()).containsPattern("in use by another process \\(process \\d+\\)");
      }
    }
    for (Path one : data) {
      CommandRunner.Result whole = inspect(one, "--verify");
      assertThat(whole.err()).isEmpty();
      assertThat(whole.exitStatus()).isEqualTo(ExitStatus.OK);
      assertThat(whole.out()).contains("voter         yes, of the first voters 1, 2, 3");
      assertThat(inspect(one, "log").out()).contains("put city Vienna", "put city Graz");
      assertThat(inspect(one, "votes").out()).contains("promise");
    }
    assertThat(data).anyMatch(one -> inspect(one).out().contains("snapshot      slot "));
  }

  private static CommandRunner.Result inspect(Path directory, String... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] args =
        Stream.concat(Stream.of("inspect", directory.toString()), Stream.of(more))
            .toArray(String[]::new);
    int status = InProcess.run(out, err, args);
    return new CommandRunner.Result(
        status, ByteString.copyFrom(out.toByteArray()), err.toString(StandardCharsets.UTF_8));
  }

  private static List<Path> dataDirectories() throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      return files
          .filter(file -> file.getFileName().toString().equals("superblock"))
          .map(file -> Objects.requireNonNull(file.getParent()))
          .sorted()
          .toList();
    }
  }
}
