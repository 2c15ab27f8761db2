package io.synod.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The real binary, as {@code mvn package} made it. */
final class SynodRuns {
  private SynodRuns() {}

  /** Runs it with these arguments and nothing but this environment. */
  static Tool.Run run(Map<String, String> environment, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(jar().toString());
    command.addAll(arguments);
    return Tool.runIn(environment, command);
  }

  private static Path jar() throws IOException {
    Path target = Tool.deploy().resolveSibling("sidecar").resolve("target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("synod-sidecar-[\\d.]+\\.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no jar in " + target + ": run mvn verify"));
    }
  }
}
