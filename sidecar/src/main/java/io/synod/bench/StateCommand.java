package io.synod.bench;

import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.DataOption;
import io.synod.bench.cluster.Directories;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.ValueSize;
import io.synod.cli.shared.DurationOption;
import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code synod bench state}. */
@Command(
    name = "state",
    description = {
      "Measures what a large state costs: memory, snapshots, restarts, catching up, disk.",
      "Starts three sidecars on this machine.",
      ""
    },
    footer = {
      "",
      "Single writes, one after another, wait while a snapshot is taken, and while none is. The",
      "program syncs 4 KiB and sleeps 1 ms again and again meanwhile: where these took little",
      "beside the longest wait, it was not for the disk or the machine.",
      "Processes and data are gone at the end."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class StateCommand implements Callable<Integer> {
  private static final long CALM_MILLIS = 10_000;
  private static final int CALM_TRIES = 3;
  private static final long WINDOW_MILLIS = 5_000;
  private static final long AFTER_MILLIS = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final double MIB = 1 << 20;

  @Spec CommandSpec spec;

  @Mixin ValueSize size;

  @Mixin DataOption data;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "How many keys. Default: ${DEFAULT-VALUE}")
  int keys;

  @Option(
      names = "--snapshots",
      paramLabel = "N",
      defaultValue = "9",
      description = "How many are taken, one after another. Default: ${DEFAULT-VALUE}")
  int snapshots;

  @Option(
      names = "--overwrite",
      paramLabel = "TIME",
      defaultValue = "1m",
      converter = DurationOption.class,
      description = "How long keys are overwritten at the end. Default: ${DEFAULT-VALUE}")
  Duration overwrite;

  @Option(
      names = "--java-opts",
      paramLabel = "OPTIONS",
      defaultValue = "-Xmx1536m",
      description = "Java's options of each sidecar. Default: ${DEFAULT-VALUE}")
  String javaOpts;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** For picocli. */
  public StateCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    String fault =
        keys < 1
            ? "--keys must be at least 1"
            : snapshots < 1 ? "--snapshots must be at least 1" : size.fault();
    if (fault != null) {
      throw new ParameterException(spec.commandLine(), fault);
    }
    try {
      return data.lend(this::measure);
    } catch (IOException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("synod: " + e.getMessage());
      err.flush();
      return ExitStatus.ERROR;
    }
  }

  private int measure(Path dir) throws IOException, InterruptedException {
    Map<String, String> settings =
        Map.of(
            "SYNOD_JAVA_OPTS", javaOpts,
            "SYNOD_QUOTA_STATE_BYTES_MAX", "1536MiB",
            "SYNOD_QUOTA_DISK_BYTES_MAX", "256GiB");
    BenchCluster.Recipe recipe = LaunchRecipes.synod(LaunchRecipes.self(javaOpts));
    try (BenchCluster cluster = BenchCluster.start(BenchTarget.SYNOD, recipe, dir, settings);
        StateMeasurement trial = new StateMeasurement(cluster, dir, keys, size.bytes)) {
      trial.awaitReady(PATIENCE);
      long before = trial.heapBytes();
      double seconds = trial.fill();
      print(
          "fill",
          "%,d keys of %d bytes in %.1f s, %,.0f a second",
          keys,
          size.bytes,
          seconds,
          keys / seconds);
      long used = trial.heapBytes() - before;
      print("heap", "%.0f MiB, %.0f bytes a key", used / MIB, (double) used / keys);
      try (WriteLatencies writeLatencies = new WriteLatencies(trial, dir)) {
        calm(trial, writeLatencies);
        snapshots(trial, writeLatencies);
      }
      print("restart", "caught up %.1f s after kill -9 and start", trial.restart(false, PATIENCE));
      overwrite(trial, dir);
      // The last, for it costs that node its vote.
      print("empty node", "caught up after %.1f s", trial.restart(true, PATIENCE));
      return ExitStatus.OK;
    }
  }

  /** Some windows without a snapshot. */
  private void calm(StateMeasurement trial, WriteLatencies writeLatencies)
      throws IOException, InterruptedException {
    Thread.sleep(CALM_MILLIS);
    WriteLatencies.Wait unused = writeLatencies.longest();
    List<WriteLatencies.Wait> longest = new ArrayList<>();
    for (int i = 0; i < snapshots * CALM_TRIES && longest.size() < snapshots; i++) {
      List<Long> before = trial.snapshotIndexes();
      Thread.sleep(WINDOW_MILLIS);
      WriteLatencies.Wait wait = writeLatencies.longest();
      // The sidecars take some by themselves.
      if (trial.snapshotIndexes().equals(before)) {
        longest.add(wait);
      }
    }
    if (longest.isEmpty()) {
      print(
          "calm",
          "never for %.0f s: the sidecars take snapshots all the time",
          WINDOW_MILLIS / 1e3);
      return;
    }
    print(
        "calm",
        "the longest wait of a write in %.0f s: %s",
        WINDOW_MILLIS / 1e3,
        WriteLatencies.Wait.summary(longest));
  }

  /** Some snapshots; a wait counts as theirs until the next. */
  private void snapshots(StateMeasurement trial, WriteLatencies writeLatencies)
      throws IOException, InterruptedException {
    List<WriteLatencies.Wait> longest = new ArrayList<>();
    double[] seconds = new double[snapshots];
    long bytes = 0;
    for (int i = 0; i < snapshots; i++) {
      StateMeasurement.Taken taken = trial.snapshot();
      Thread.sleep(Math.max(AFTER_MILLIS, WINDOW_MILLIS - (long) (taken.seconds() * 1e3)));
      longest.add(writeLatencies.longest());
      seconds[i] = taken.seconds();
      bytes = taken.bytes();
    }
    Arrays.sort(seconds);
    print(
        "snapshot",
        "%.0f MiB in %.1f s; the longest wait of a write in %.0f s from its start: %s",
        bytes / MIB,
        seconds[snapshots / 2],
        Math.max(WINDOW_MILLIS, seconds[snapshots / 2] * 1e3 + AFTER_MILLIS) / 1e3,
        WriteLatencies.Wait.summary(longest));
  }

  private void overwrite(StateMeasurement trial, Path dir)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long end = begun + overwrite.toNanos();
    long half = begun + overwrite.toNanos() / 2;
    long first = 0;
    long second = 0;
    long written = 0;
    while (System.nanoTime() < end) {
      written += trial.overwrite(Duration.ofSeconds(1));
      long bytes = Directories.bytes(dir.resolve("node-1"));
      if (System.nanoTime() < half) {
        first = Math.max(first, bytes);
      } else {
        second = Math.max(second, bytes);
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    print(
        "overwrite",
        "%,.0f keys a second for %.0f s, %.0f MiB written; disk at most %.0f MiB in the first"
            + " half, %.0f MiB in the second; %d transactions refused",
        written / seconds,
        seconds,
        written * (double) size.bytes / MIB,
        first / MIB,
        second / MIB,
        trial.refused());
  }

  private void print(String what, String form, Object... figures) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        String.format(Locale.ROOT, "%-11s", what) + String.format(Locale.ROOT, form, figures));
    out.flush();
  }
}
