package io.synod.bench.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the etcd server to measure. */
public final class EtcdProgram {
  private EtcdProgram() {}

  /**
   * The one that is given; else, in a clone of the project, the release that {@code deploy/etcd}
   * pins, built if need be; else the one on the PATH.
   */
  public static Path find(@Nullable Path given) throws IOException, InterruptedException {
    return find(given, LaunchRecipes.inClone("deploy/tools.sh"));
  }

  static Path find(@Nullable Path given, @Nullable Path tools)
      throws IOException, InterruptedException {
    if (given != null) {
      if (!Files.isExecutable(given)) {
        throw new IOException(given + " is not a program");
      }
      return given;
    }
    if (tools != null) {
      return build(tools);
    }
    Path found = LaunchRecipes.onPath("etcd");
    if (found == null) {
      throw new IOException("there is no etcd on the PATH; give --etcd FILE");
    }
    return found;
  }

  private static Path build(Path tools) throws IOException, InterruptedException {
    // Its output on standard error is for the user: a build takes a minute.
    Process process =
        new ProcessBuilder(tools.toString(), "etcd")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line;
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      line = reader.readLine();
    }
    if (process.waitFor() != 0 || line == null) {
      throw new IOException(tools + " made no etcd; give --etcd FILE, or see above");
    }
    return Path.of(line);
  }

  /** What {@code etcd --version} reports: the program's release and the Go that built it. */
  public static String version(Path etcd) throws IOException {
    Process process =
        new ProcessBuilder(etcd.toString(), "--version").redirectErrorStream(true).start();
    List<String> output = new ArrayList<>();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
      }
    }
    String release = after("etcd Version: ", output);
    String go = after("Go Version: ", output);
    return release.isEmpty() ? "etcd of unknown version" : ("etcd " + release + " " + go).strip();
  }

  private static String after(String title, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(title))
        .map(line -> line.substring(title.length()).strip())
        .findFirst()
        .orElse("");
  }
}
