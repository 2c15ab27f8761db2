package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the launcher script, which finds the jar and a Java. */
class LauncherIT {
  @TempDir private Path directory;
  private Path launcher;
  private final String home = System.getProperty("java.home");

  @BeforeEach
  void installLikeAnImage() throws IOException {
    Path jar = PackagedProgram.jar();
    Path lib = Files.createDirectories(directory.resolve("in stalled/lib"));
    Files.copy(jar, lib.resolve(jar.getFileName()));
    Files.createSymbolicLink(lib.resolve("lib"), jar.resolveSibling("lib"));
    Path bin = Files.createDirectory(lib.resolveSibling("bin"));
    launcher = Files.copy(Path.of("bin/synod"), bin.resolve("synod"));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
  }

  /** JUnit would report that the link leads out of its directory. */
  @AfterEach
  void removeTheLink() throws IOException {
    Files.delete(directory.resolve("in stalled/lib/lib"));
  }

  @Test
  void worksThroughLinksFromAnywhere() throws Exception {
    Path first = Files.createSymbolicLink(directory.resolve("first"), launcher);
    Path second = Files.createSymbolicLink(directory.resolve("second"), Path.of("first"));
    for (Path called : List.of(launcher, first, second)) {
      try (PackagedProgram program = run(Map.of("JAVA_HOME", home), called, "version")) {
        assertThat(program.exit()).as(program.err()).isEqualTo(ExitStatus.OK);
        assertThat(program.out()).startsWith("synod ");
        assertThat(program.err()).isEmpty();
      }
    }
  }

  @Test
  void handsArgumentsOnUnchangedWhateverTheLocale() throws Exception {
    try (PackagedProgram program =
        run(Map.of("JAVA_HOME", home, "LC_ALL", "C"), launcher, "süd  \"x\" *")) {
      assertThat(program.exit()).isEqualTo(ExitStatus.USAGE);
      assertThat(program.err()).startsWith("synod: unknown argument 'süd  \"x\" *'");
    }
  }

  @Test
  void takesTheCollectorThatSuitsTheHeap() throws Exception {
    Map<String, String> collectors =
        Map.of(
            "", "Serial",
            "-Xmx999m", "Serial",
            "-Xmx512m -Dgreeting=1g", "Serial",
            "-Xmx1024m", "G1",
            "-Dgreeting=1 -Xmx2g", "G1",
            "-Xmx16G -Dgreeting=1", "G1",
            "-Xmx512m -XX:+UseG1GC", "G1",
            "-Xmx2g -XX:+UseParallelGC", "Parallel");
    for (Map.Entry<String, String> collector : collectors.entrySet()) {
      String options = collector.getKey() + " -Xlog:gc -XX:+PrintCommandLineFlags";
      Map<String, String> environment = Map.of("JAVA_HOME", home, "SYNOD_JAVA_OPTS", options);
      try (PackagedProgram program = run(environment, launcher, "version")) {
        assertThat(program.exit()).as(program.err()).isEqualTo(ExitStatus.OK);
        assertThat(program.out()).as(options).contains("Using " + collector.getValue());
        for (String bound :
            List.of("MaxGCPauseMillis=10 ", "MaxNewSize=67108864 ", "MaxTenuringThreshold=0 ")) {
          assertThat(program.out().contains("-XX:" + bound))
              .as(options)
              .isEqualTo(collector.getValue().equals("G1"));
        }
      }
    }
  }

  @Test
  void givesCommandsThatDecodeAStateTheHeapOfServe() throws Exception {
    Map<String, String> environment =
        Map.of("JAVA_HOME", home, "SYNOD_JAVA_OPTS", "-XX:+PrintCommandLineFlags");
    for (String command :
        List.of("serve", "backup", "inspect", "recover", "restore", "status", "version")) {
      String heap = command.equals("status") || command.equals("version") ? "256" : "512";
      try (PackagedProgram program = run(environment, launcher, command, "--help")) {
        assertThat(program.exit()).as(program.err()).isEqualTo(ExitStatus.OK);
        assertThat(program.out())
            .as(command)
            .contains("-XX:MaxHeapSize=" + (Long.parseLong(heap) << 20) + " ");
      }
    }
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    try (PackagedProgram program = run(Map.of("JAVA_HOME", "/nowhere"), launcher, "version")) {
      assertThat(program.exit()).isEqualTo(ExitStatus.USAGE);
      assertThat(program.err())
          .isEqualTo("synod: JAVA_HOME is /nowhere, but there is no bin/java in it\n");
    }
    Files.delete(directory.resolve("in stalled/lib").resolve(PackagedProgram.jar().getFileName()));
    try (PackagedProgram program = run(Map.of("JAVA_HOME", home), launcher, "version")) {
      assertThat(program.exit()).isEqualTo(ExitStatus.ERROR);
      assertThat(program.err()).startsWith("synod: no synod-sidecar jar in ").hasLineCount(1);
    }
  }

  private PackagedProgram run(Map<String, String> environment, Path called, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(called.toString()));
    command.addAll(List.of(arguments));
    return PackagedProgram.run(directory, environment, command);
  }
}
