package io.synod.bench.failover;

import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.DataDisk;
import io.synod.bench.cluster.DataOption;
import io.synod.bench.cluster.EtcdProgram;
import io.synod.bench.cluster.LaunchRecipes;
import io.synod.bench.cluster.MachineInfo;
import io.synod.bench.cluster.ProgramOptions;
import io.synod.bench.cluster.ReportOptions;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.LoadGenerator;
import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code synod bench failover}. */
@Command(
    name = "failover",
    description = {
      "Measures for how long writes stop when the leader fails, beside etcd, in turn.",
      "Starts three sidecars and three etcd members on this machine.",
      ""
    },
    footer = {
      "",
      "Faults of the leader:",
      "  kill     its process is killed, and started again after the round",
      "  isolate  nothing passes between it and its peers",
      "  deaf     nothing reaches it from its peers",
      "  mute     nothing reaches its peers from it",
      "Connections stay open in the last three: their bytes are held by proxies in this",
      "program. They need Linux.",
      "",
      "Both clusters run with their defaults. Four writers at each of the two other members",
      "write throughout, each with one write at a time; a call ends after 100 to 200 ms,",
      "at random, and the next is sent at once, or 5 ms after one that was refused.",
      "A round begins when all members have been in step for 2 to 3 s.",
      "  TO THE FIRST WRITE  from the fault to the first acknowledgement of a write that was",
      "                      sent after it",
      "  LONGEST GAP         the longest time between two acknowledgements, from the last one",
      "                      before the fault to 1 s after the first such write",
      "  NO WRITE            rounds in which no write succeeded within 30 s; they count as",
      "                      slower than all others, and the command then exits with 1",
      "Percentiles are exact: each is the figure of one round."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class FailoverCommand implements Callable<Integer> {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  @Spec CommandSpec spec;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many leaders of each cluster fail. Default: ${DEFAULT-VALUE}")
  int rounds;

  @Option(
      names = "--fault",
      paramLabel = "kill|isolate|deaf|mute",
      defaultValue = "kill",
      converter = LeaderFault.FaultOption.class,
      completionCandidates = LeaderFault.FaultOption.class,
      description = "What happens to the leader. Default: ${DEFAULT-VALUE}")
  LeaderFault fault;

  @Option(names = "--no-etcd", description = "Measures Synod alone.")
  boolean alone;

  @Mixin ProgramOptions programs;

  @Mixin DataOption data;

  @Mixin ReportOptions reportOptions;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** For picocli. */
  public FailoverCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (rounds < 1) {
      throw new ParameterException(spec.commandLine(), "--rounds must be at least 1");
    }
    try {
      Path etcd = alone ? null : etcd();
      return data.lend(dir -> measure(etcd, dir));
    } catch (IOException e) {
      say("synod: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }

  private Path etcd() throws IOException, InterruptedException {
    try {
      return programs.etcd();
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; --no-etcd measures Synod alone", e);
    }
  }

  private int measure(@Nullable Path etcd, Path dir) throws IOException, InterruptedException {
    FailoverReport.Conditions conditions = conditions(etcd, dir);
    conditions.lines().forEach(line -> say("# " + line));
    if (conditions.disk().inMemory()) {
      say("# WARNING: the data is in memory, not on a disk: give --data a directory on one");
    }
    try (BenchCluster ours =
        start(BenchTarget.SYNOD, LaunchRecipes.synod(programs.launcher()), dir.resolve("synod"))) {
      if (etcd == null) {
        return finish(conditions, ours, null);
      }
      try (BenchCluster theirs =
          start(BenchTarget.ETCD, LaunchRecipes.etcd(etcd), dir.resolve("etcd"))) {
        return finish(conditions, ours, theirs);
      }
    }
  }

  private FailoverReport.Conditions conditions(@Nullable Path etcd, Path dir) throws IOException {
    List<String> versions = new ArrayList<>(List.of(programs.synodVersion()));
    if (etcd != null) {
      versions.add(EtcdProgram.version(etcd));
    }
    return new FailoverReport.Conditions(
        LocalDate.now(ZoneOffset.UTC), versions, MachineInfo.current(), DataDisk.of(dir), fault);
  }

  private BenchCluster start(BenchTarget subject, BenchCluster.Recipe recipe, Path dir)
      throws IOException {
    return fault.needsLinks()
        ? BenchCluster.startWithLinks(subject, recipe, dir)
        : BenchCluster.start(subject, recipe, dir);
  }

  private int finish(
      FailoverReport.Conditions conditions, BenchCluster ours, @Nullable BenchCluster theirs)
      throws IOException, InterruptedException {
    awaitReady(BenchTarget.SYNOD, ours);
    FailoverReport report;
    try (FailoverTrial synod = new FailoverTrial(BenchTarget.SYNOD, ours, fault)) {
      if (theirs == null) {
        report = alternate(conditions, synod, null);
      } else {
        awaitReady(BenchTarget.ETCD, theirs);
        try (FailoverTrial etcd = new FailoverTrial(BenchTarget.ETCD, theirs, fault)) {
          report = alternate(conditions, synod, etcd);
        }
      }
    }
    boolean json = reportOptions.isJson();
    PrintWriter out = spec.commandLine().getOut();
    (json ? List.of(FailoverJson.of(report)) : FailoverTable.text(report)).forEach(out::println);
    out.flush();
    write(report);
    return report.alwaysRecovered() ? ExitStatus.OK : ExitStatus.ERROR;
  }

  private static void awaitReady(BenchTarget subject, BenchCluster cluster)
      throws IOException, InterruptedException {
    try (LoadGenerator loadGenerator = new LoadGenerator(subject, cluster.endpoints(), 1, 1)) {
      cluster.awaitReady(loadGenerator, START_PATIENCE);
    }
  }

  /** The cluster that comes first in one round comes second in the next. */
  private FailoverReport alternate(
      FailoverReport.Conditions conditions, FailoverTrial synod, @Nullable FailoverTrial etcd)
      throws IOException, InterruptedException {
    List<FailoverRound> ours = new ArrayList<>();
    List<FailoverRound> theirs = new ArrayList<>();
    synod.settle();
    if (etcd != null) {
      etcd.settle();
    }
    for (int i = 0; i < rounds; i++) {
      if (etcd != null && i % 2 == 1) {
        theirs.add(etcd.round());
      }
      ours.add(synod.round());
      if (etcd != null && i % 2 == 0) {
        theirs.add(etcd.round());
      }
      tell(ours, theirs);
    }
    return new FailoverReport(
        conditions,
        new FailoverFigures(BenchTarget.SYNOD, ours),
        etcd == null ? null : new FailoverFigures(BenchTarget.ETCD, theirs));
  }

  private void tell(List<FailoverRound> ours, List<FailoverRound> theirs) {
    String line = "# round " + ours.size() + " of " + rounds + ": Synod " + gap(ours);
    say(theirs.isEmpty() ? line : line + ", etcd " + gap(theirs));
  }

  private static String gap(List<FailoverRound> rounds) {
    FailoverRound last = rounds.get(rounds.size() - 1);
    return last.recovered()
        ? String.format(Locale.ROOT, "%.3f s", last.gapSeconds())
        : "no write in " + FailoverTrial.WRITE_PATIENCE.toSeconds() + " s";
  }

  private void write(FailoverReport report) throws IOException {
    Path reports = reportOptions.directory();
    if (reports == null) {
      return;
    }
    Files.createDirectories(reports);
    String name = "failover-" + fault.word();
    Files.writeString(reports.resolve(name + ".md"), FailoverTable.markdown(report));
    Files.writeString(reports.resolve(name + ".json"), FailoverJson.of(report) + "\n");
    say("# wrote " + name + ".md and " + name + ".json into " + reports);
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
