package io.synod.sdk;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.synod.processes.ChildProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A contender for the lock: a Node process that can be killed and restarted. */
final class Contender implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  private final String name;
  private final Path logs;
  private final List<String> command;
  private final JsonLines log;
  private ChildProgram program;
  private int seenBefore;

  /** Starts the contender with this command and its own name. */
  Contender(String name, Path folder, Path logs, List<String> command) {
    this.name = name;
    this.logs = logs;
    Path seen = folder.resolve(name + ".jsonl");
    this.log = new JsonLines(seen);
    this.command =
        Stream.concat(command.stream(), Stream.of("--name=" + name, "--log=" + seen)).toList();
    this.program = ChildProgram.start(name, logs, this.command);
  }

  ChildProgram program() {
    return program;
  }

  /** Waits until the contender holds the lock and will not release it by itself. */
  Hold linger() {
    int before = log.all().size();
    program.writeLine("linger");
    return await(name + " holds")
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .failFast(name + " ended", () -> !program.isAlive())
        .until(
            () ->
                log.all().stream()
                    .skip(before)
                    .filter(line -> is(line, "granted") && line.get("linger").getAsBoolean())
                    .findFirst(),
            Optional::isPresent)
        .map(line -> new Hold(token(line), line.get("sidecar").getAsString()))
        .orElseThrow();
  }

  /** Waits for a grant since its last start; before that it may not handle signals yet. */
  void awaitGranted() {
    await(name + " was granted the lock")
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .failFast(name + " ended", () -> !program.isAlive())
        .until(() -> log.all().stream().skip(seenBefore).anyMatch(line -> is(line, "granted")));
  }

  /**
   * Waits until the contender has tried to write with this token after a write with a greater one.
   */
  void awaitStale(long token) {
    await(name + " tries to write with token " + token)
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .failFast(name + " ended", () -> !program.isAlive())
        .until(() -> seen("stale").stream().anyMatch(line -> token(line) == token));
  }

  /** The lines of one kind in its log, from all its processes. */
  List<JsonObject> seen(String what) {
    return log.all().stream().filter(line -> is(line, what)).toList();
  }

  void kill9() {
    program.kill9();
  }

  void start() {
    seenBefore = log.all().size();
    program = ChildProgram.start(name, logs, command);
  }

  @Override
  public void close() {
    program.close();
  }

  static long token(JsonObject line) {
    return line.get("token").getAsLong();
  }

  private static boolean is(JsonObject line, String what) {
    return line.get("what").getAsString().equals(what);
  }

  /** A held lock: its token, and the address of the sidecar that keeps it. */
  record Hold(long token, String sidecar) {}
}
