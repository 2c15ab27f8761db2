package io.synod.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child process whose output goes to files that outlive it, for diagnosis. It is killed when it
 * is closed, and when this process ends before that. Its standard input ends with this process.
 */
public final class ChildProgram implements AutoCloseable {
  private static final Duration SET_UP = Duration.ofMinutes(5);

  private final String name;
  private final Path out;
  private final Path err;
  private final Process process;
  private final Thread lastResort;

  private ChildProgram(
      String name, Path logs, List<String> command, Map<String, String> environment)
      throws IOException {
    this.name = name;
    this.out = logs.resolve(name + ".out");
    this.err = logs.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
    builder.environment().putAll(environment);
    this.process = builder.start();
    this.lastResort = new Thread(process::destroyForcibly, "kill " + name);
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  /**
   * Starts the program; its output is appended to {@code name.out} and {@code name.err} in logs.
   */
  public static ChildProgram start(String name, Path logs, List<String> command) {
    return start(name, logs, command, Map.of());
  }

  static ChildProgram start(
      String name, Path logs, List<String> command, Map<String, String> environment) {
    try {
      return new ChildProgram(name, Files.createDirectories(logs), command, environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a set-up script, and returns the last line of its output. */
  public static String setUp(Path logs, Path script) {
    String name = root().relativize(script).toString().replace('/', '-');
    try (ChildProgram program = start(name, logs, List.of(script.toString()))) {
      return program.lastLine(SET_UP);
    }
  }

  /** An empty folder for the logs of one test, under {@code target/}. */
  public static Path logs(String test) {
    Path logs = root().resolve("sidecar/target/it-logs").resolve(test);
    try {
      if (Files.exists(logs)) {
        try (Stream<Path> old = Files.list(logs)) {
          for (Path file : old.toList()) {
            Files.delete(file);
          }
        }
      }
      return Files.createDirectories(logs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The root of this source tree. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("proto/synod"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("no proto/synod above " + Path.of("").toAbsolutePath());
    }
    return folder;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Waits for exit status 0, and returns the last line of the output. */
  public String lastLine(Duration patience) {
    int exit = exit(patience);
    if (exit != 0) {
      throw new AssertionError(name + " ended with " + exit + ":\n" + tail(err));
    }
    List<String> lines = lines(out);
    if (lines.isEmpty()) {
      throw new AssertionError(name + " printed nothing:\n" + tail(err));
    }
    return lines.get(lines.size() - 1);
  }

  /** Waits for the end of the process; returns its exit status. */
  public int exit(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " runs for more than " + patience + ":\n" + tail(err));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + name + " ran", e);
    }
  }

  /** The end of its output, for messages of failures. */
  public String tail() {
    return tail(out) + tail(err);
  }

  /** Writes a line to its standard input. */
  public void writeLine(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not listen", e);
    }
  }

  /** Suspends the process by SIGSTOP: it keeps its connections and does nothing. */
  public void pause() {
    signal("STOP");
  }

  /** Resumes the process after {@link #pause}. */
  public void resume() {
    signal("CONT");
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL: data that was not written to the system is lost. */
  public void kill9() {
    process.destroyForcibly();
    exit(Duration.ofSeconds(20));
    remove();
  }

  @Override
  public void close() {
    kill9();
  }

  private void signal(String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new AssertionError("cannot send SIG" + signal + " to " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + name + " was signalled", e);
    }
  }

  private void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException shuttingDown) {
      // The JVM is stopping, and the hook finds the process ended.
      return;
    }
  }

  private static String tail(Path file) {
    List<String> lines = lines(file);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())) + "\n";
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
