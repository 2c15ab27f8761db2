package io.synod.sim;

import io.synod.sim.cluster.InputMutant;
import io.synod.sim.run.CoverageMarks;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.RunPlan;
import io.synod.sim.run.RunReport;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Command that runs seeds one after another on one thread and appends results to a record, a line
 * for every thousand. The next campaign continues where the record ends.
 *
 * <p>{@code Campaign [--from SEED] [--seeds N] [--record FILE] [--commit NAME]}
 */
public final class Campaign {
  private static final int LINE_SEEDS = 1_000;
  private static final PrintStream OUT = System.out;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final CoverageMarks coverageMarks = new CoverageMarks();
  private final List<RunReport> violations = new ArrayList<>();
  private long seeds;
  private long events;
  private long cpuNanos;

  /** Runs {@code count} seeds from {@code from} on. */
  void run(long from, long count) {
    long begun = THREADS.getCurrentThreadCpuTime();
    for (long seed = from; seed < from + count; seed++) {
      RunReport report = Simulation.run(RunPlan.of(seed), InputMutant.NONE, false);
      seeds++;
      events += report.events();
      coverageMarks.add(report.coverageMarks());
      if (report.violation() != null) {
        violations.add(report);
      }
    }
    cpuNanos += THREADS.getCurrentThreadCpuTime() - begun;
  }

  long seeds() {
    return seeds;
  }

  long events() {
    return events;
  }

  CoverageMarks coverageMarks() {
    return coverageMarks;
  }

  List<RunReport> violations() {
    return violations;
  }

  /** The number of events per second on one core, with all checkers. */
  long eventsPerSecond() {
    return cpuNanos == 0 ? 0 : (long) (events * 1e9 / cpuNanos);
  }

  void add(Campaign other) {
    coverageMarks.add(other.coverageMarks);
    violations.addAll(other.violations);
    seeds += other.seeds;
    events += other.events;
    cpuNanos += other.cpuNanos;
  }

  /** Runs a campaign; the exit status is 1 if an invariant was broken. */
  public static void main(String[] args) throws IOException {
    String file = option(args, "--record");
    Path record = file == null ? null : Path.of(file);
    String first = option(args, "--from");
    long from = first == null ? next(record) : Long.parseLong(first);
    String many = option(args, "--seeds");
    long last = from + (many == null ? LINE_SEEDS : Long.parseLong(many));
    String commit = String.valueOf(option(args, "--commit"));
    Campaign whole = new Campaign();
    for (long seed = from; seed < last; seed += LINE_SEEDS) {
      Campaign part = new Campaign();
      part.run(seed, Math.min(LINE_SEEDS, last - seed));
      whole.add(part);
      String line = part.line(seed, commit);
      OUT.println(line);
      if (record != null) {
        Files.writeString(
            record, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
      for (RunReport report : part.violations) {
        OUT.println(Shrinker.explain(report));
      }
    }
    OUT.println(whole.coverageMarks.text());
    if (whole.seeds >= LINE_SEEDS) {
      for (CoverageMark mark : whole.coverageMarks.missing()) {
        OUT.println("never reached: " + mark);
      }
    }
    OUT.flush();
    if (!whole.violations.isEmpty()) {
      System.exit(1);
    }
  }

  private String line(long from, String commit) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d to %d | %d | %d | %d |",
        LocalDate.now(ZoneOffset.UTC),
        commit,
        from,
        from + seeds - 1,
        events,
        eventsPerSecond(),
        violations.size());
  }

  private static long next(@Nullable Path record) throws IOException {
    long next = 1;
    if (record != null && Files.exists(record)) {
      for (String line : Files.readAllLines(record, StandardCharsets.UTF_8)) {
        String[] cells = line.split("[|]", -1);
        if (cells.length > 4 && cells[3].contains(" to ")) {
          next = Math.max(next, Long.parseLong(cells[3].split(" to ", 2)[1].trim()) + 1);
        }
      }
    }
    return next;
  }

  private static @Nullable String option(String[] args, String name) {
    for (int i = 0; i + 1 < args.length; i++) {
      if (args[i].equals(name)) {
        return args[i + 1];
      }
    }
    return null;
  }
}
