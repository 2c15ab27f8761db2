package io.synod.main.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.main.client.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateCommandIT {
  @TempDir Path dir;

  @Test
  void measuresAStateFromItsFirstKeyToAnEmptyNodeAndLeavesNothingBehind() throws Exception {
    Path data = dir.resolve("data");

    Commands.Result run =
        new Commands(dir)
            .run(
                Endpoint.parse("127.0.0.1:1"),
                "bench",
                "state",
                "--keys=2000",
                "--snapshots=2",
                "--overwrite=1s",
                "--java-opts=-Xmx256m",
                "--data=" + data);

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
    Commands.Result run =
        new Commands(dir).run(Endpoint.parse("127.0.0.1:1"), "bench", "state", "--size=0");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).contains("--size goes from 1 to 1048576");

    run = new Commands(dir).run(Endpoint.parse("127.0.0.1:1"), "bench", "state", "--snapshots=0");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).contains("--snapshots must be at least 1");

    run = new Commands(dir).run(Endpoint.parse("127.0.0.1:1"), "bench", "state", "--size=1048576");

    assertThat(run.exitStatus()).isEqualTo(1);
    assertThat(run.err()).contains("command has 1048593 bytes; at most 1048576 are taken");
  }
}
