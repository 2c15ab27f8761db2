package io.synod.main.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command that runs while a lock is held, with everything it started. It has this process's
 * input, output and terminal.
 *
 * <p>A guard dog, a shell that reads from a pipe only this process holds, ends the command should
 * this process be killed: then nobody renews, and nobody else would say so.
 */
final class Ward {
  private static final long REAP_MILLIS = 1000;
  private static final String DOG =
      "trap '' HUP INT TERM; read -r pid || exit; read -r word && exit; "
          + "kill -TERM \"$pid\"; sleep \"$0\"; kill -KILL \"$pid\"";

  private final Process process;
  private final @Nullable Process dog;
  private List<ProcessHandle> doomed = List.of();

  private Ward(Process process, @Nullable Process dog) {
    this.process = process;
    this.dog = dog;
  }

  /** Starts the command with more in its environment. */
  static Ward start(List<String> command, Map<String, String> environment, long graceMillis)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(environment);
    // First the dog: a command that runs before it is told of it is nobody's if this process is
    // killed.
    Process dog = dog(graceMillis);
    try {
      Process process = builder.start();
      if (dog != null) {
        tell(dog, Long.toString(process.pid()));
      }
      return new Ward(process, dog);
    } catch (IOException e) {
      if (dog != null) {
        dog.getOutputStream().close();
      }
      throw e;
    }
  }

  private static void tell(Process dog, String word) {
    OutputStream lead = dog.getOutputStream();
    try {
      lead.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
      lead.flush();
    } catch (IOException e) {
      // It was killed: the command goes on without it.
      dog.destroyForcibly();
    }
  }

  private static @Nullable Process dog(long graceMillis) {
    String seconds = Long.toString(Math.max(1, graceMillis / 1000));
    try {
      return new ProcessBuilder("sh", "-c", DOG, seconds)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // Without a shell there is no dog; the lock's own end is still watched from here.
      return null;
    }
  }

  CompletableFuture<Integer> exitStatus() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** Passes a signal on, unless the terminal has sent it to the command already. */
  void forward(String signal) {
    if (!signal.equals("INT") || !inForeground()) {
      send(signal);
    }
  }

  private void send(String signal) {
    try {
      Process unused =
          new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + process.pid())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      // The one signal that needs no shell.
      process.destroy();
    }
  }

  /** Whether this process and the command are who Ctrl-C on the terminal is for. */
  private static boolean inForeground() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
      // Behind the name in brackets: state, parent, process group, session, terminal, its group.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return fields[2].equals(fields[5]);
    } catch (IOException e) {
      // Not Linux: what the terminal sent, and what another process did, cannot be told apart.
      return true;
    }
  }

  /**
   * Asks the command to end, and then what it started: the other way round a shell would take its
   * child's end for a step done, and go on to the next.
   */
  void terminate() {
    doomed = all();
    doomed.forEach(ProcessHandle::destroy);
  }

  private List<ProcessHandle> all() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** Waits for all that {@link #terminate} asked, and kills what is left by then. */
  void awaitEnd(long deadlineNanos) throws InterruptedException {
    if (!ended(deadlineNanos - System.nanoTime())) {
      // What was started since, too.
      Stream.concat(all().stream(), doomed.stream()).forEach(ProcessHandle::destroyForcibly);
      boolean unused = ended(TimeUnit.MILLISECONDS.toNanos(REAP_MILLIS));
    }
  }

  private boolean ended(long nanos) throws InterruptedException {
    CompletableFuture<?>[] ends =
        doomed.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      Object unused = CompletableFuture.allOf(ends).get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }

  /** Sends the dog home. */
  void dismiss() {
    if (dog != null) {
      tell(dog, "");
    }
  }
}
