package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateCommandIT {
  private static final Endpoint NOBODY = Endpoint.parse("127.0.0.1:1");

  @TempDir Path dir;

  @Test
  void measuresAStateFromItsFirstKeyToAnEmptyNodeAndLeavesNothingBehind() throws Exception {
    Path data = dir.resolve("data");

    CommandRunner.Result run =
        new CommandRunner(dir)
            .start(
                NOBODY,
                "bench",
                "state",
                "--keys=2000",
                "--snapshots=2",
                "--overwrite=1s",
                "--java-opts=-Xmx256m -XX:TieredStopAtLevel=1",
                "--data=" + data)
            .await();

    assertThat(run.exitStatus()).as(run.err()).isZero();
    assertThat(run.outLines().stream().map(line -> line.substring(0, 11).strip()))
        .containsExactly("fill", "heap", "calm", "snapshot", "restart", "overwrite", "empty node");
    assertThat(run.outLines().get(3)).contains("median of 2");
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void refusesWhatCannotBeMeasured() throws Exception {
    CommandRunner.Result run = state("--size=0");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).contains("--size goes from 1 to 1048576");

    run = state("--snapshots=0");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).contains("--snapshots must be at least 1");

    run = state("--size=1048576");

    assertThat(run.exitStatus()).isEqualTo(1);
    assertThat(run.err()).contains("command has 1048593 bytes; at most 1048576 are taken");
  }

  private CommandRunner.Result state(String option) throws IOException, InterruptedException {
    return new CommandRunner(dir).start(NOBODY, "bench", "state", option).await();
  }
}
