package io.synod.bench.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The programs that a measurement of both starts. */
public final class ProgramOptions {
  @Option(
      names = "--etcd",
      paramLabel = "FILE",
      description =
          "The etcd program. Default: in a clone, the release that deploy/etcd pins, built by Go"
              + " the first time; else the one on the PATH.")
  @Nullable Path etcd;

  @Option(
      names = "--synod",
      paramLabel = "FILE",
      description = "The synod program that serves. Default: this one.")
  @Nullable Path synod;

  /** The etcd program. */
  public Path etcd() throws IOException, InterruptedException {
    return EtcdProgram.find(etcd);
  }

  /** The words before {@code serve}. */
  public List<String> launcher() {
    return synod == null ? LaunchRecipes.self() : List.of(synod.toString());
  }

  /** The first line that {@code synod version} prints. */
  public String synodVersion() throws IOException {
    List<String> command = new ArrayList<>(launcher());
    command.add("version");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      return line == null ? "" : line;
    }
  }
}
