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
 * A child process that runs while a lock is held, with all its descendants, in a session of its
 * own. It inherits this process's input and output. {@link #ready} is called before the lock is
 * requested, {@link #start} once it is held.
 */
final class GuardedProcess implements AutoCloseable {
  private static final long REAP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long POLL_MILLIS = 20;
  private static final long KILL_SECONDS = 1;
  private static final File NOTHING = new File("/dev/null");

  /** The signals that a terminal sends to its whole foreground group. */
  private static final Set<String> TO_ALL = Set.of("INT", "WINCH");

  private final String mark;
  private final Watchdog watchdog;
  private @Nullable Process process;

  private GuardedProcess(String mark, Watchdog watchdog) {
    this.mark = mark;
    this.watchdog = watchdog;
  }

  /**
   * Checks that a command can be run, and ended reliably, before the lock is requested.
   *
   * @throws IOException if it cannot; the message says what is missing
   */
  static GuardedProcess ready() throws IOException {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    // A unique name, since the marks of outer locks are in the environment too.
    String mark = "SYNOD_RUN_" + HexFormat.of().withUpperCase().formatHex(random);
    return new GuardedProcess(mark, Watchdog.start(mark));
  }

  /**
   * Starts the command with these additions to its environment.
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
      // In another session it could read terminal input meant for the foreground process.
      builder.redirectInput(NOTHING);
    }
    process = builder.start();
  }

  /**
   * Checks that the program exists, since setsid reports that only as an exit status of its own.
   */
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

  /**
   * Records that the lock is valid for this long from now. Unless it is called again, the watchdog
   * then kills the command.
   */
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

  /** Forwards a signal, as a terminal would have sent it. */
  void forward(String signal) throws InterruptedException {
    String one = "kill -s " + signal + " " + running().pid();
    // Until the command has its own session, there is only its process.
    String all = "kill -s " + signal + " -- -" + running().pid() + " || ";
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", (TO_ALL.contains(signal) ? all : "") + one)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      // Waits, so that signals are forwarded in order.
      boolean unused = kill.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      // TERM is the only signal that can be sent without a shell.
      running().destroy();
    }
  }

  /**
   * Whether the input of this process is a terminal with another process group in the foreground.
   */
  private static boolean isBackgroundOfTerminal() {
    try {
      String input = Path.of("/proc/self/fd/0").toRealPath().toString();
      String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
      // After the name in brackets: state, parent, process group, session, terminal, its group.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (input.startsWith("/dev/pts/") || input.startsWith("/dev/tty"))
          && !fields[5].equals("-1")
          && !fields[2].equals(fields[5]);
    } catch (IOException e) {
      // A closed or unnamed input is not a terminal.
      return false;
    }
  }

  /** Whether any process of the command is alive. */
  boolean isAlive() {
    return !processes().isEmpty();
  }

  /** The processes that are left, for display. */
  String names() {
    return processes().stream()
        .map(one -> Long.toString(one.pid()))
        .collect(Collectors.joining(", "));
  }

  private List<ProcessHandle> processes() {
    return new CommandProcesses(running().pid(), mark).alive();
  }

  /**
   * Sends TERM to the command, and then to its descendants. In the other order a shell would take
   * its child's end for a completed step, and start the next.
   */
  void terminate() {
    processes().forEach(ProcessHandle::destroy);
  }

  /** Kills the processes that are left. */
  void kill() {
    processes().forEach(ProcessHandle::destroyForcibly);
  }

  /** Waits until no process is left; kills at the deadline, and gives up a little later. */
  void awaitEnd(long deadlineNanos) throws InterruptedException {
    while (isAlive()) {
      long late = System.nanoTime() - deadlineNanos;
      if (late >= REAP_NANOS) {
        return;
      }
      if (late >= 0) {
        kill();
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Ends the supervision; the watchdog kills now what is left of the command. */
  @Override
  public void close() {
    if (process == null || !isAlive()) {
      watchdog.dismiss();
    }
    watchdog.close();
  }
}
