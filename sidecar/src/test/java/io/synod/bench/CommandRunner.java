package io.synod.bench;

import com.google.protobuf.ByteString;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.cli.shared.Endpoint;
import io.synod.main.InProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@code synod} commands: in this process if a command reads no input and ends by itself, and
 * otherwise in a process of its own, as a user does.
 */
final class CommandRunner {
  // The measurement of a state alone takes almost a minute.
  private static final long PATIENCE_SECONDS = 240;

  private static final String TIMEOUT = "20s";

  private final Path dir;
  private int count;

  CommandRunner(Path dir) {
    this.dir = dir;
  }

  /** The result of a command. */
  record Result(int exitStatus, ByteString bytes, String err) {
    String out() {
      return bytes.toStringUtf8();
    }

    List<String> outLines() {
      return out().lines().toList();
    }
  }

  /** A running command. */
  record Running(Process process, Path out, Path err) {
    Result await() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the command did not end: " + Files.readString(err));
      }
      ByteString bytes = ByteString.copyFrom(Files.readAllBytes(out));
      return new Result(process.exitValue(), bytes, Files.readString(err));
    }

    /** Sends a signal to it, such as {@code INT}. */
    void signal(String name) throws IOException, InterruptedException {
      int unused =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    String printed() throws IOException {
      return Files.readString(out, StandardCharsets.UTF_8);
    }
  }

  /**
   * Runs a client command without standard input. A command that starts a program runs in a process
   * of its own, since the program would share the standard streams of this one.
   */
  Result run(Endpoint endpoint, String... args) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(args));
    if (line.contains("--")) {
      return start(endpoint, args).await();
    }
    if (!line.contains("--endpoint")) {
      line.addAll(List.of("--endpoint", endpoint.text()));
    }
    line.addAll(List.of("--timeout", TIMEOUT));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = InProcess.run(out, err, line.toArray(String[]::new));
    return new Result(
        status, ByteString.copyFrom(out.toByteArray()), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a client command with this standard input. */
  Result feed(ByteString input, Endpoint endpoint, String... args)
      throws IOException, InterruptedException {
    Path in = dir.resolve("in-" + (count + 1));
    Files.write(in, input.toByteArray());
    return start(in, endpoint, args).await();
  }

  Running start(Endpoint endpoint, String... args) throws IOException {
    return start(Path.of("/dev/null"), endpoint, args);
  }

  private Running start(Path in, Endpoint endpoint, String... args) throws IOException {
    List<String> command = new ArrayList<>(LaunchRecipes.self());
    command.addAll(List.of(args));
    Path out = dir.resolve("out-" + ++count);
    Path err = dir.resolve("err-" + count);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("SYNOD_ENDPOINT", endpoint.text());
    builder.environment().put("SYNOD_TIMEOUT", TIMEOUT);
    return new Running(builder.start(), out, err);
  }
}
