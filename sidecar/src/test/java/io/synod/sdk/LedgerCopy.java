package io.synod.sdk;

import static org.awaitility.Awaitility.await;

import io.synod.processes.ChildProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A copy of the ledger: a Python process beside a sidecar, and a directory that outlives it. */
final class LedgerCopy implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String name;
  private final int port;
  private final Path data;
  private final Path logs;
  private final List<String> command;
  private @Nullable ChildProgram program;

  /** Creates a copy that is not started. The command gets the options of this copy. */
  LedgerCopy(int number, int port, Path folder, Path logs, List<String> command) {
    this.name = "ledger-" + number;
    this.port = port;
    this.data = folder.resolve(name);
    this.logs = logs;
    this.command =
        Stream.concat(
                command.stream(), Stream.of("--name=" + number, "--port=" + port, "--data=" + data))
            .toList();
  }

  void start() {
    program = ChildProgram.start(name, logs, command);
  }

  void kill9() {
    running().kill9();
    program = null;
  }

  boolean isRunning() {
    return program != null;
  }

  /** Deletes the copy's directory, as if its disk were replaced. */
  void loseDisk() {
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The state of this copy; empty if it does not answer. */
  Optional<LedgerState> state() {
    return call("/state", HttpRequest.newBuilder().GET()).map(LedgerState::parse);
  }

  /** The state of this copy, with everything acknowledged before; retried until it answers. */
  LedgerState linearizableState() {
    return untilAnswered("/state?barrier=1", HttpRequest.newBuilder().GET())
        .map(LedgerState::parse)
        .orElseThrow();
  }

  /** Sets the rate of generated orders per second. */
  void rate(int rate) {
    var body = HttpRequest.BodyPublishers.ofString("{\"rate\": " + rate + "}");
    untilAnswered("/rate", HttpRequest.newBuilder().POST(body));
  }

  /** How many lines of its output contain these words, over all its processes. */
  long linesWith(String words) {
    try (Stream<String> lines = Files.lines(logs.resolve(name + ".err"))) {
      return lines.filter(line -> line.contains(words)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }

  private Optional<String> untilAnswered(String path, HttpRequest.Builder request) {
    return await(name + " answers " + path)
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(() -> call(path, request), Optional::isPresent);
  }

  private Optional<String> call(String path, HttpRequest.Builder request) {
    if (!running().isAlive()) {
      throw new AssertionError(name + " ended by itself:\n" + running().tail());
    }
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      HttpResponse<String> answer =
          http.send(request.uri(uri).timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException notServing) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + name + " was asked", e);
    }
  }

  private ChildProgram running() {
    if (program == null) {
      throw new IllegalStateException(name + " does not run");
    }
    return program;
  }
}
