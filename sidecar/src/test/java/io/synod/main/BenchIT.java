package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a measurement that is interrupted. */
class BenchIT {
  private static final int TERMINATED = 128 + 15;

  @TempDir private Path directory;

  @Test
  void leavesNothingBehindWhenItIsStopped() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    String[] arguments = {"bench", "state", "--keys=2000", "--data=" + data};
    try (PackagedProgram bench = PackagedProgram.start(directory, Map.of(), arguments)) {
      bench.await("(fill)");
      List<ProcessHandle> sidecars = bench.process().descendants().toList();
      assertThat(sidecars).hasSizeGreaterThanOrEqualTo(3);
      bench.process().destroy();
      assertThat(bench.exit()).as(bench.err()).isEqualTo(TERMINATED);
      assertThat(sidecars).noneMatch(ProcessHandle::isAlive);
      assertThat(bench.err()).isEmpty();
    }
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).isEmpty();
    }
  }
}
