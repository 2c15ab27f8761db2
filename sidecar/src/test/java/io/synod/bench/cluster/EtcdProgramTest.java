package io.synod.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EtcdProgramTest {
  @TempDir private Path dir;

  private Path script(String text) throws IOException {
    Path file = Files.writeString(dir.resolve("script"), "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  @Test
  void isTheOneThatIsGiven() throws Exception {
    Path given = script("exit 0");
    assertThat(EtcdProgram.find(given, script("exit 1"))).isEqualTo(given);
  }

  @Test
  void isNoFileThatCannotRun() {
    assertThatIOException().isThrownBy(() -> EtcdProgram.find(dir.resolve("none"), null));
  }

  @Test
  void isTheOneThatTheCloneBuilds() throws Exception {
    assertThat(EtcdProgram.find(null, script("echo /some/where/$1-42")))
        .isEqualTo(Path.of("/some/where/etcd-42"));
  }

  @Test
  void isNoOtherWhenTheCloneCannotBuildIts() throws IOException {
    Path failing = script("exit 1");
    assertThatIOException().isThrownBy(() -> EtcdProgram.find(null, failing));
  }

  @Test
  void saysItsReleaseAndTheGoThatBuiltIt() throws IOException {
    Path etcd =
        script("echo 'etcd Version: 3.7.3'; echo 'Git SHA: x'; echo 'Go Version: go1.26.8'");
    assertThat(EtcdProgram.version(etcd)).isEqualTo("etcd 3.7.3 go1.26.8");
  }

  @Test
  void findsProgramsOnThePath() {
    assertThat(LaunchRecipes.onPath("sh")).isNotNull().isExecutable();
    assertThat(LaunchRecipes.onPath("no-such-program-anywhere")).isNull();
  }
}
