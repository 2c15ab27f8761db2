package io.synod.bench.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/** A line that is rewritten while a loop runs, if the error stream is a terminal. */
public final class ProgressLine {
  private static final int WIDTH = 78;

  private final PrintWriter err;
  private final boolean live;
  private long answeredBefore;
  private double secondsBefore;

  private ProgressLine(PrintWriter err, boolean live) {
    this.err = err;
    this.live = live;
  }

  /** Live if the process's standard error is a terminal. */
  public static ProgressLine on(PrintWriter err) {
    return new ProgressLine(err, terminal());
  }

  /**
   * Java 17 has no call that asks this of standard error alone; every POSIX system has this one.
   */
  private static boolean terminal() {
    try {
      Process test =
          new ProcessBuilder("test", "-t", "2")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return test.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void tick(LoopRun run) {
    if (!live) {
      return;
    }
    long answered = run.answered();
    double seconds = run.elapsedSeconds();
    double warmup = run.closedLoop().warmup().toMillis() / 1e3;
    double rate = (answered - answeredBefore) / Math.max(0.001, seconds - secondsBefore);
    answeredBefore = answered;
    secondsBefore = seconds;
    String line =
        String.format(
            Locale.ROOT,
            "%s %s, %d in flight: %s %.0f s, %,.0f a second, %,d errors",
            run.subject().name().toLowerCase(Locale.ROOT),
            run.closedLoop().work().operation().optionName(),
            run.closedLoop().inFlight(),
            seconds < warmup ? "warming up" : "measuring",
            seconds,
            rate,
            run.errorCount());
    err.printf(Locale.ROOT, "\r%-" + WIDTH + "s", line);
    err.flush();
  }

  /** Wipes the line. */
  void end() {
    answeredBefore = 0;
    secondsBefore = 0;
    if (live) {
      err.print("\r" + " ".repeat(WIDTH) + "\r");
      err.flush();
    }
  }
}
