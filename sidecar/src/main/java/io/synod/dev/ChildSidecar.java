package io.synod.dev;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar in a child process. It ends when this process ends, for whatever reason, since its
 * standard input is a pipe that only this process holds.
 */
final class ChildSidecar {
  private static final long STOP_SECONDS = 15;

  private final int node;
  private final SidecarPorts ports;
  private final Path config;
  private final Path log;
  private @Nullable Process process;

  /** Writes the configuration, which can also be used to start the sidecar by hand. */
  ChildSidecar(int node, List<SidecarPorts> all, Path directory) throws IOException {
    this.node = node;
    this.ports = all.get(node - 1);
    this.config = directory.resolve("node-" + node + ".properties");
    this.log = directory.resolve("node-" + node + ".log");
    StringBuilder peers = new StringBuilder();
    for (int i = 1; i <= all.size(); i++) {
      peers.append(i > 1 ? "," : "").append(i).append("=127.0.0.1:").append(all.get(i - 1).peer());
    }
    Path data = directory.resolve("node-" + node);
    Files.writeString(
        config,
        String.join(
            "\n",
            "cluster=dev",
            "node=" + node,
            "peers=" + peers,
            "data=" + data.toAbsolutePath().toString().replace("\\", "\\\\"),
            "api.port=" + ports.api(),
            "http.port=" + ports.http(),
            ""),
        StandardCharsets.UTF_8);
    Files.deleteIfExists(log);
    Files.createFile(
        log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  int node() {
    return node;
  }

  SidecarPorts ports() {
    return ports;
  }

  /** The file that {@code synod serve --config} takes. */
  Path config() {
    return config;
  }

  void start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
    // SYNOD_* variables of this process are not meant for the children.
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("SYNOD_"));
    process = builder.start();
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData"));
    String options = Objects.requireNonNullElse(System.getenv("SYNOD_JAVA_OPTS"), "").strip();
    if (!options.isEmpty()) {
      command.addAll(List.of(options.split("\\s+")));
    }
    String classPath = System.getProperty("java.class.path");
    if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
      command.addAll(List.of("-jar", Path.of(classPath).toAbsolutePath().toString()));
    } else {
      command.addAll(List.of("-cp", classPath, "io.synod.main.Synod"));
    }
    command.addAll(List.of("serve", "--exit-with-stdin", "--config", config.toString()));
    return command;
  }

  /** The process id; -1 before it was started. */
  long pid() {
    return process == null ? -1 : process.pid();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** How the process ended. */
  String ending() {
    int status = process == null || process.isAlive() ? 0 : process.exitValue();
    return status > 128 ? "killed by signal " + (status - 128) : "exited with " + status;
  }

  /** Starts stopping the process; see {@link #awaitEnd}. */
  void stop() {
    if (process != null) {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        process.destroy();
      }
    }
  }

  /** Waits until the process has stopped, and kills it if that takes too long. */
  void awaitEnd() {
    if (process == null) {
      return;
    }
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The last line of its log. */
  String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "";
    }
  }
}
