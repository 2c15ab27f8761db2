package io.synod.cli.lock;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The command that runs while a lock is held, with everything it started, in a session of its own.
 * It has this process's input and output. {@link #ready} comes before the lock is asked for, {@link
 * #start} once it is held.
 */
final class GuardedProcess implements AutoCloseable {
  private static final long REAP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_MILLIS = 20;
  private static final long KILL_SECONDS = 1;
  private static final File NOTHING = new File("/dev/null");

  /** What a terminal sends to all that run in its foreground, and not to one process. */
  private static final Set<String> TO_ALL = Set.of("INT", "WINCH");

  private final String mark;
  private final Watchdog watchdog;
  private @Nullable Process process;

  private GuardedProcess(String mark, Watchdog watchdog) {
    this.mark = mark;
    this.watchdog = watchdog;
  }

  /**
   * Sees that a command can be run, and ended by all means, before there is a lock to run it under.
   *
   * @throws IOException if it cannot; the message says what it needs
   */
  static GuardedProcess ready() throws IOException {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    // A name that no other has: it stands beside those of locks further up.
    String mark = "SYNOD_RUN_" + HexFormat.of().withUpperCase().formatHex(random);
    return new GuardedProcess(mark, Watchdog.start(mark));
  }

  /**
   * Starts the command with more in its environment.
   *
   * @throws IOException if there is no such program
   */
  void start(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("setsid").inheritIO();
    builder.command().addAll(command);
    builder.environment().putAll(environment);
    builder.environment().put(mark, "1");
    requireProgram(command.get(0), builder.environment().get("PATH"));
    if (isBackgroundOfTerminal()) {
      // Outside this session nothing keeps it from taking what is typed for another.
      builder.redirectInput(NOTHING);
    }
    process = builder.start();
  }

  /** What setsid cannot run it only tells when it is too late to say whose fault it is. */
  private static void requireProgram(String name, @Nullable String path) throws IOException {
    boolean found = false;
    if (name.indexOf('/') >= 0) {
      found = isProgram(Path.of(name));
    } else if (path != null) {
      for (String directory : path.split(":", -1)) {
        found |= isProgram(Path.of(directory, name));
      }
    }
    if (!found) {
      throw new IOException("there is no such program");
    }
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /** The lock is held for so long from now; without another word the command is then killed. */
  void vouch(long validNanos) throws IOException {
    watchdog.vouch(Math.max(0, validNanos), running().pid());
  }

  private Process running() {
    Process started = process;
    if (started == null) {
      throw new IllegalStateException("nothing was started");
    }
    return started;
  }

  CompletableFuture<Integer> exitStatus() {
    return running().onExit().thenApply(Process::exitValue);
  }

  /** Passes a signal on, as a terminal would have sent it. */
  void forward(String signal) throws InterruptedException {
    String one = "kill -s " + signal + " " + running().pid();
    // Before the command has its session there is only the one.
    String all = "kill -s " + signal + " -- -" + running().pid() + " || ";
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", (TO_ALL.contains(signal) ? all : "") + one)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      // In the order in which they came.
      boolean unused = kill.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      // The one signal that needs no shell.
      running().destroy();
    }
  }

  /** Whether this process has a terminal for its input, and that is busy with another. */
  private static boolean isBackgroundOfTerminal() {
    try {
      String input = Path.of("/proc/self/fd/0").toRealPath().toString();
      String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
      // Behind the name in brackets: state, parent, process group, session, terminal, its group.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (input.startsWith("/dev/pts/") || input.startsWith("/dev/tty"))
          && !fields[5].equals("-1")
          && !fields[2].equals(fields[5]);
    } catch (IOException e) {
      // A closed input, or one without a name: no terminal.
      return false;
    }
  }

  /** Whether anything of the command is still there. */
  boolean isAlive() {
    return !processes().isEmpty();
  }

  /** What is left of it, for people. */
  String names() {
    return processes().stream()
        .map(one -> Long.toString(one.pid()))
        .collect(Collectors.joining(", "));
  }

  private List<ProcessHandle> processes() {
    return new CommandProcesses(running().pid(), mark).alive();
  }

  /**
   * Asks the command to end, and then what it started: the other way round a shell would take its
   * child's end for a step done, and go on to the next.
   */
  void terminate() {
    processes().forEach(ProcessHandle::destroy);
  }

  /** Kills what is left. */
  void kill() {
    processes().forEach(ProcessHandle::destroyForcibly);
  }

  /** Waits until nothing is left; kills at the deadline, and gives up a little later. */
  void awaitEnd(long deadlineNanos) throws InterruptedException {
    while (isAlive()) {
      long late = System.nanoTime() - deadlineNanos;
      if (late >= REAP_NANOS) {
        return;
      }
      if (late >= 0) {
        kill();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** Ends the watch: nothing is left of the command, or the watchdog kills it now. */
  @Override
  public void close() {
    if (process == null || !isAlive()) {
      watchdog.dismiss();
    }
    watchdog.close();
  }
}
