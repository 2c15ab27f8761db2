package io.synod.bench.compare;

import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.DataDisk;
import io.synod.bench.cluster.DataOption;
import io.synod.bench.cluster.EtcdProgram;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.cluster.MachineInfo;
import io.synod.bench.cluster.MemoryWatch;
import io.synod.bench.cluster.ProgramOptions;
import io.synod.bench.cluster.ReportOptions;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.CpuMeter;
import io.synod.bench.load.LoadGenerator;
import io.synod.bench.load.LoadOptions;
import io.synod.bench.load.ProgressLine;
import io.synod.cli.shared.DurationOption;
import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
      "Measures Synod beside etcd, in turn and by one generator: how much each does,",
      "how long a call takes, its processor time, and the memory of every process.",
      "Starts three sidecars and three etcd members on this machine.",
      ""
    },
    footer = {
      "",
      "Both clusters stay up throughout; rounds alternate which comes first, so that",
      "a change of the machine's pace falls on both. Processes and data are gone at",
      "the end.",
      "",
      "Operations a second and processor time are medians of the rounds. A ratio is",
      "the median of Synod's figure by etcd's of the same round. Latencies are those",
      "of all rounds' calls. An operation of watch is an event that one watcher got.",
      "  CPU US/OP    processor time an operation, user and system, of the three",
      "               servers together",
      "  LOAD US/OP   the same of this program, which makes the load",
      "  CORES        processors that the servers and this program kept busy",
      "  PEAK MIB     the most that was resident, mapped files included (VmHWM)",
      "  PRIVATE MIB  the most after a round that belongs to no file (RssAnon)"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CompareCommand implements Callable<Integer> {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  @Spec CommandSpec spec;

  @Mixin
  LoadOptions options =
      new LoadOptions(
          List.of(
              BenchOperation.PROPOSE,
              BenchOperation.PUT,
              BenchOperation.GET,
              BenchOperation.TXN,
              BenchOperation.WATCH));

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds of each load; the tables hold their medians. Default: ${DEFAULT-VALUE}")
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

  @Mixin ProgramOptions programs;

  @Mixin ReportOptions reportOptions;

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
    try {
      Path binary = programs.etcd();
      return data.lend(dir -> compare(binary, dir));
    } catch (IOException e) {
      return fail(String.valueOf(e.getMessage()));
    }
  }

  private int compare(Path binary, Path dir) throws IOException, InterruptedException {
    Setting setting = setting(binary, dir);
    ProgressLine progressLine = ProgressLine.on(spec.commandLine().getErr());
    try (BenchCluster ours =
            BenchCluster.start(
                BenchTarget.SYNOD, LaunchRecipes.synod(programs.launcher()), dir.resolve("synod"));
        BenchCluster theirs =
            BenchCluster.start(BenchTarget.ETCD, LaunchRecipes.etcd(binary), dir.resolve("etcd"));
        LoadGenerator synodLoad = generator(BenchTarget.SYNOD, ours);
        LoadGenerator etcdLoad = generator(BenchTarget.ETCD, theirs)) {
      ours.awaitReady(synodLoad, START_PATIENCE);
      theirs.awaitReady(etcdLoad, START_PATIENCE);
      report(setting, binary);
      MemoryWatch memory = new MemoryWatch(ours, theirs);
      Contest contest = new Contest(synodLoad, etcdLoad, memory, progressLine);
      List<ComparedLoad> loads = new ArrayList<>();
      for (BenchOperation operation : options.operations) {
        loads.addAll(compare(operation, contest));
      }
      ComparisonReport report = new ComparisonReport(setting, loads, memory.most());
      print(json() ? List.of(JsonDocument.of(report)) : TextTable.memory(report.memory()));
      write(report);
      boolean whole = loads.stream().allMatch(ComparedLoad::bothDidSomething);
      return whole ? ExitStatus.OK : ExitStatus.ERROR;
    }
  }

  private List<ComparedLoad> compare(BenchOperation operation, Contest contest)
      throws IOException, InterruptedException {
    contest.preheat(options, operation, preheat);
    if (!json()) {
      print(TextTable.header(operation));
    }
    List<ComparedLoad> loads = new ArrayList<>();
    for (int callers : options.inFlight) {
      ComparedLoad load = contest.compare(options.load(operation, callers), rounds);
      loads.add(load);
      if (!json()) {
        print(TextTable.lines(load));
      }
    }
    return loads;
  }

  private LoadGenerator generator(BenchTarget subject, BenchCluster cluster) {
    return new LoadGenerator(
        subject,
        cluster.endpoints(),
        options.connections,
        options.threads,
        CpuMeter.of(cluster.processes()));
  }

  private Setting setting(Path binary, Path dir) throws IOException {
    return new Setting(
        Setting.today(),
        new Setting.Subjects(programs.synodVersion(), EtcdProgram.version(binary)),
        MachineInfo.current(),
        DataDisk.of(dir),
        new Setting.Effort(options, rounds, preheat));
  }

  private void report(Setting setting, Path binary) {
    setting.lines().forEach(line -> print("# " + line));
    print("# etcd is " + binary);
    if (setting.disk().inMemory()) {
      print("# WARNING: the data is in memory, not on a disk: give --data a directory on one");
    }
    double minutes = setting.effort().whole().toMillis() / 6e4;
    print(String.format(Locale.ROOT, "# this takes %.1f minutes, and a little more", minutes));
  }

  private void write(ComparisonReport report) throws IOException {
    Path reports = reportOptions.directory();
    if (reports == null) {
      return;
    }
    Files.createDirectories(reports);
    Files.writeString(reports.resolve("compare.md"), MarkdownTables.of(report));
    Files.writeString(reports.resolve("compare.json"), JsonDocument.of(report) + "\n");
    Files.writeString(reports.resolve("compare.svg"), SvgPlot.of(report));
    print("# wrote compare.md, compare.json and compare.svg into " + reports);
  }

  private boolean json() {
    return reportOptions.isJson();
  }

  private void print(List<String> lines) {
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    out.flush();
  }

  private void print(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  private int fail(String line) {
    print("synod: " + line);
    return ExitStatus.ERROR;
  }
}
