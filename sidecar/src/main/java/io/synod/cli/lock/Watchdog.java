package io.synod.cli.lock;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A child process that kills a command and its descendants if this process ends, or does not
 * confirm in time that the lock is still held, for example because it is suspended.
 *
 * <p>It is a shell that reads from a pipe to which only this process writes. It runs in a session
 * of its own, so that a signal to this process's group does not reach it. Each message is one
 * block: until when the lock is valid, by {@code /proc/uptime}, and the command's session. It
 * grants no grace period, since the lock is free, or about to be, when it acts.
 */
final class Watchdog implements AutoCloseable {
  private static final int BLOCK = 64;
  private static final String READY = "ready";
  private static final String END_COMMAND = "end";

  /**
   * The script: it prints what is missing, or that it is ready. {@link CommandProcesses} describes
   * which processes it kills.
   */
  private static final String SCRIPT =
      """
      mark=$0
      session=
      for tool in setsid timeout dd grep sleep; do
        command -v "$tool" >/dev/null 2>&1 || { echo "$tool"; exit 1; }
      done
      timeout -s KILL 1.5 true || { echo 'timeout that takes -s and fractions'; exit 1; }
      trap '' HUP INT QUIT TERM USR1 USR2 ALRM TSTP PIPE
      echo ready
      members() {
        for stat in /proc/[0-9]*/stat; do
          { read -r line <"$stat"; } 2>/dev/null || continue
          set -- ${line##*) }
          case $1 in
            Z | X) ;;
            *) [ "$4" != "$session" ] || { stat=${stat#/proc/}; echo "${stat%/stat}"; } ;;
          esac
        done
        for environ in $(grep -als "$mark=" /proc/[0-9]*/environ 2>/dev/null); do
          environ=${environ#/proc/}
          echo "${environ%/environ}"
        done
      }
      word=$(dd bs=64 count=1 2>/dev/null)
      while [ -n "$word" ]; do
        set -- $word
        [ "$1" != end ] || exit 0
        session=$2
        read -r now rest </proc/uptime
        left=$(($1 - ${now%.*}${now#*.}))
        [ "$left" -gt 0 ] || break
        left=$(printf '%d.%02d' $((left / 100)) $((left % 100)))
        word=$(timeout -s KILL "$left" dd bs=64 count=1 2>/dev/null)
      done
      [ -z "$session" ] || kill -s KILL -- "-$session" 2>/dev/null
      rounds=0
      while pids=$(members) && [ -n "$pids" ] && [ $rounds -lt 1000 ]; do
        kill -s KILL $pids 2>/dev/null
        rounds=$((rounds + 1))
        sleep 0.02
      done
      """;

  private final String mark;
  private Process process;

  private Watchdog(String mark, Process process) {
    this.mark = mark;
    this.process = process;
  }

  /**
   * Starts the watchdog, which checks that all required programs are available.
   *
   * @param mark the name of the environment variable that the command's processes will carry
   * @throws IOException if something is missing; the message says what
   */
  static Watchdog start(String mark) throws IOException {
    if (!Files.isReadable(Path.of("/proc/self/stat"))
        || !Files.isReadable(Path.of("/proc/uptime"))) {
      throw new IOException("it needs Linux with /proc mounted");
    }
    return new Watchdog(mark, launch(mark));
  }

  private static Process launch(String mark) throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(List.of("setsid", "sh", "-c", SCRIPT, mark))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new IOException(missing("setsid"), e);
    }
    BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    String word = output.readLine();
    if (READY.equals(word)) {
      return process;
    }
    process.destroyForcibly();
    throw new IOException(missing(word == null ? "sh" : word));
  }

  private static String missing(String tool) {
    return "it needs sh, setsid, timeout, dd, grep and sleep on the PATH, and there is no " + tool;
  }

  /**
   * Sends until when the lock is valid, and the session of the command. A watchdog that was killed
   * is replaced.
   *
   * @throws IOException if it was killed and no other can be started
   */
  void vouch(long forNanos, long session) throws IOException {
    if (!process.isAlive()) {
      process.getOutputStream().close();
      process = launch(mark);
    }
    write((uptimeHundredths() + forNanos / 10_000_000) + " " + session);
  }

  /** The uptime in the unit of {@code /proc/uptime}, which includes time in suspend. */
  private static long uptimeHundredths() throws IOException {
    String uptime = Files.readString(Path.of("/proc/uptime"), StandardCharsets.US_ASCII);
    return Long.parseLong(uptime.substring(0, uptime.indexOf(' ')).replace(".", ""));
  }

  private void write(String line) throws IOException {
    byte[] block = (line + " ".repeat(BLOCK - line.length())).getBytes(StandardCharsets.US_ASCII);
    OutputStream pipe = process.getOutputStream();
    pipe.write(block);
    pipe.flush();
  }

  /** Ends the watchdog, since no process of the command is left. */
  void dismiss() {
    try {
      write(END_COMMAND);
    } catch (IOException e) {
      // The watchdog has ended already.
    }
  }

  /** Closes the pipe; without {@link #dismiss} the watchdog then kills the command. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The watchdog has ended already.
    }
  }
}
