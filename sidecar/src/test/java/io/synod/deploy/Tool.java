package io.synod.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program outside this one. Found, or fetched, by {@code deploy/tools.sh}. */
public final class Tool {
  // A build of etcd takes a minute of two cores, and they may be shared.
  private static final long FETCH_SECONDS = 900;
  private static final long RUN_SECONDS = 60;

  private final String path;

  private Tool(String path) {
    this.path = path;
  }

  /** The folder {@code deploy/} of this source tree. */
  public static Path deploy() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("deploy/tools.sh"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("no deploy/tools.sh above " + Path.of("").toAbsolutePath());
    }
    return folder.resolve("deploy");
  }

  /** The tool of this name; fails when there is none and none can be fetched. */
  public static Tool of(String name) {
    List<String> command = List.of(deploy().resolve("tools.sh").toString(), name);
    Run found = run(new ProcessBuilder(command), "", FETCH_SECONDS);
    if (found.exit() != 0) {
      throw new AssertionError("no " + name + ": " + found.err());
    }
    return new Tool(found.out().strip());
  }

  /** Where it is. */
  public String path() {
    return path;
  }

  /** Runs it with these arguments. */
  public Run run(String... arguments) {
    return runWith("", arguments);
  }

  /** Runs it with this text on its standard input. */
  public Run runWith(String input, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(path);
    command.addAll(List.of(arguments));
    return run(new ProcessBuilder(command), input, RUN_SECONDS);
  }

  /** Runs a command with no environment but this. */
  static Run runIn(Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return run(builder, "", FETCH_SECONDS);
  }

  private static Run run(ProcessBuilder builder, String input, long seconds) {
    String name = builder.command().get(0);
    try {
      Path out = Files.createTempFile("synod-tool", ".out");
      Path err = Files.createTempFile("synod-tool", ".err");
      Path in = Files.writeString(Files.createTempFile("synod-tool", ".in"), input);
      try {
        Process process =
            builder
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor(seconds, TimeUnit.SECONDS);
          throw new AssertionError(name + " did not end within " + seconds + " s");
        }
        return new Run(process.exitValue(), read(out), read(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
        Files.delete(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + name + " ran", e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /** How a run ended and what it said. */
  public record Run(int exit, String out, String err) {}
}
