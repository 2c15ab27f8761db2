package io.synod.bench;

import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.DataOption;
import io.synod.bench.cluster.DiskProbe;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.ClosedLoop;
import io.synod.bench.load.LoadGenerator;
import io.synod.bench.load.LoadOptions;
import io.synod.bench.load.LoopWork;
import io.synod.bench.load.Measurement;
import io.synod.bench.load.ProgressLine;
import io.synod.cli.shared.DurationOption;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.OutputFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code synod bench compare}. */
@Command(
    name = "compare",
    description = {
      "Measures Synod beside etcd, in turn and by one generator; one table an operation.",
      "Starts three sidecars and three etcd members on this machine.",
      ""
    },
    footer = {
      "",
      "Both clusters stay up throughout; rounds alternate which comes first, so that a change",
      "of the machine's pace falls on both. Processes and data are gone at the end."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CompareCommand implements Callable<Integer> {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  @Spec CommandSpec spec;

  @Mixin LoadOptions options;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "2",
      description = "Rounds of each load; the table holds their sum. Default: ${DEFAULT-VALUE}")
  int rounds;

  @Option(
      names = "--preheat",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationOption.class,
      description =
          "How long each cluster is pushed before an operation's first round."
              + " Default: ${DEFAULT-VALUE}")
  Duration preheat;

  @Mixin DataOption data;

  @Option(
      names = "--etcd",
      paramLabel = "FILE",
      description = "The etcd program. Default: the one on the PATH.")
  @Nullable Path etcd;

  @Option(
      names = "--synod",
      paramLabel = "FILE",
      description = "The synod program that serves. Default: this one.")
  @Nullable Path synod;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "human|json",
      defaultValue = "human",
      converter = OutputFormat.Converter.class,
      completionCandidates = OutputFormat.Converter.class,
      description = "A table, or one JSON document a row and target. Default: ${DEFAULT-VALUE}")
  OutputFormat outputFormat;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** For picocli. */
  public CompareCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    String fault = rounds < 1 ? "--rounds must be at least 1" : options.fault();
    if (fault != null) {
      throw new ParameterException(spec.commandLine(), fault);
    }
    Path binary = etcd != null ? etcd : LaunchRecipes.onPath("etcd");
    if (binary == null || !Files.isExecutable(binary)) {
      return fail(
          (binary == null ? "there is no etcd on the PATH" : binary + " is not a program")
              + "; install Debian's package etcd-server, or give --etcd FILE");
    }
    try {
      return data.lend(dir -> compare(binary, dir));
    } catch (IOException e) {
      return fail(String.valueOf(e.getMessage()));
    }
  }

  private int compare(Path binary, Path dir) throws IOException, InterruptedException {
    Histogram disk = DiskProbe.measure(dir);
    List<String> launcher = synod == null ? LaunchRecipes.self() : List.of(synod.toString());
    ProgressLine progressLine = ProgressLine.on(spec.commandLine().getErr());
    boolean errors = false;
    try (BenchCluster ours =
            BenchCluster.start(
                BenchTarget.SYNOD, LaunchRecipes.synod(launcher), dir.resolve("synod"));
        BenchCluster theirs =
            BenchCluster.start(BenchTarget.ETCD, LaunchRecipes.etcd(binary), dir.resolve("etcd"));
        LoadGenerator synodLoad = generator(BenchTarget.SYNOD, ours);
        LoadGenerator etcdLoad = generator(BenchTarget.ETCD, theirs)) {
      ours.awaitReady(synodLoad, START_PATIENCE);
      theirs.awaitReady(etcdLoad, START_PATIENCE);
      tell(dir, LaunchRecipes.version(binary), disk);
      Contest contest = new Contest(synodLoad, etcdLoad, progressLine);
      for (BenchOperation operation : options.operations) {
        errors |= !table(operation, contest);
      }
    }
    return errors ? ExitStatus.ERROR : ExitStatus.OK;
  }

  /** Both generators, under one load at a time. */
  private record Contest(LoadGenerator synod, LoadGenerator etcd, ProgressLine progressLine) {}

  /** Prints one table; returns whether every row holds something. */
  private boolean table(BenchOperation operation, Contest contest)
      throws IOException, InterruptedException {
    preheat(operation, contest.synod(), contest.progressLine());
    preheat(operation, contest.etcd(), contest.progressLine());
    if (!json()) {
      if (options.operations.size() > 1) {
        print((operation == options.operations.get(0) ? "" : "\n") + operation.word() + "\n");
      }
      Comparison.header(operation).forEach(this::print);
    }
    boolean whole = true;
    for (int callers : options.inFlight) {
      Comparison row = rounds(options.load(operation, callers), contest);
      print(json() ? row.synod().json() + "\n" + row.etcd().json() : row.row());
      whole &= row.synod().operations() > 0 && row.etcd().operations() > 0;
    }
    return whole;
  }

  private LoadGenerator generator(BenchTarget subject, BenchCluster cluster) {
    return new LoadGenerator(subject, cluster.endpoints(), options.connections, options.threads);
  }

  private void preheat(
      BenchOperation operation, LoadGenerator loadGenerator, ProgressLine progressLine)
      throws IOException, InterruptedException {
    int most = options.inFlight.stream().mapToInt(Integer::intValue).max().orElse(1);
    LoopWork work = options.load(operation, most).work();
    ClosedLoop closedLoop =
        new ClosedLoop(work, most, options.size.bytes, Duration.ZERO, preheat, options.timeout);
    if (operation.reads()) {
      Measurement filled = loadGenerator.fill(closedLoop, progressLine);
      if (filled.errorCount() > 0) {
        throw new IOException("cannot write the keys to read: " + filled.errorText());
      }
    }
    Measurement unused = loadGenerator.run(closedLoop, progressLine);
  }

  private Comparison rounds(ClosedLoop closedLoop, Contest contest) throws InterruptedException {
    LoadGenerator synodLoad = contest.synod();
    LoadGenerator etcdLoad = contest.etcd();
    ProgressLine progressLine = contest.progressLine();
    Measurement ours = null;
    Measurement theirs = null;
    for (int round = 0; round < rounds; round++) {
      boolean oursFirst = round % 2 == 0;
      Measurement first = (oursFirst ? synodLoad : etcdLoad).run(closedLoop, progressLine);
      Measurement second = (oursFirst ? etcdLoad : synodLoad).run(closedLoop, progressLine);
      Measurement synodNow = oursFirst ? first : second;
      Measurement etcdNow = oursFirst ? second : first;
      ours = ours == null ? synodNow : ours.plus(synodNow);
      theirs = theirs == null ? etcdNow : theirs.plus(etcdNow);
    }
    if (ours == null || theirs == null) {
      throw new IllegalStateException("no round");
    }
    return new Comparison(ours, theirs);
  }

  private void tell(Path dir, String etcdVersion, Histogram disk) throws IOException {
    String type = Files.getFileStore(dir).type();
    say(
        String.format(
            Locale.ROOT,
            "# %d processors, Java %s, %s; 3 sidecars and 3 etcd members on loopback",
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature(),
            etcdVersion));
    say(
        String.format(
            Locale.ROOT,
            "# data on %s; a 4 KiB write and sync takes %.2f ms (p50), %.2f ms (p99)",
            type,
            disk.getValueAtPercentile(50) / 1e6,
            disk.getValueAtPercentile(99) / 1e6));
    say(
        String.format(
            Locale.ROOT,
            "# %d-byte values, %d rounds of %.0f s after %.0f s each, %d connections, %d threads",
            options.size.bytes,
            rounds,
            options.duration.toMillis() / 1e3,
            options.warmup.toMillis() / 1e3,
            options.connections * BenchCluster.MEMBERS,
            options.threads));
    if (type.equals("tmpfs") || type.equals("ramfs")) {
      say("# WARNING: the data is in memory, not on a disk: give --data a directory on one");
    }
  }

  private boolean json() {
    return outputFormat == OutputFormat.JSON;
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  private int fail(String line) {
    say("synod: " + line);
    return ExitStatus.ERROR;
  }
}
