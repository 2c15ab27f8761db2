package io.synod.bench;

import io.grpc.StatusRuntimeException;
import io.synod.bench.compare.CompareCommand;
import io.synod.bench.failover.FailoverCommand;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.LoadGenerator;
import io.synod.bench.load.LoadOptions;
import io.synod.bench.load.LoopWork;
import io.synod.bench.load.Measurement;
import io.synod.bench.load.NoopServer;
import io.synod.bench.load.ProgressLine;
import io.synod.bench.load.TargetOption;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.Columns;
import io.synod.cli.shared.Endpoint;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.OutputFormat;
import java.io.IOException;
import java.io.PrintWriter;
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

/** {@code synod bench}. */
@Command(
    name = "bench",
    description = {
      "Measures a running cluster: how many operations a second, and how long each takes.",
      "A closed loop: every caller asks again as soon as it is answered.",
      ""
    },
    footer = {
      "",
      "Targets:",
      "  synod  sidecars (env SYNOD_ENDPOINT, else 127.0.0.1:7401)",
      "  etcd   members of an etcd cluster (default: 127.0.0.1:2379)",
      "  noop   a server in this process that does nothing: the generator's limit",
      "",
      "Operations, over --keys keys that begin with " + LoopWork.PREFIX + ":",
      "  propose    a command into the log; of etcd, which has no log to offer, a put",
      "  put        a value written",
      "  get        a value read, linearizably",
      "  local-get  a value read as this sidecar has it; of etcd, serializable",
      "  txn        one compare, a put and a get in one step",
      "  watch      puts, and --watchers that get every one: counts what is delivered, and the"
          + " time from write to delivery",
      "",
      "See also: synod bench compare --help, synod bench failover --help, synod bench state --help"
    },
    subcommands = {CompareCommand.class, FailoverCommand.class, StateCommand.class})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class BenchCommand implements Callable<Integer> {
  private static final Columns COLUMNS =
      Columns.none()
          .right("IN FLIGHT", 9)
          .right("OPS/S", 12)
          .right("P50", 9)
          .right("P90", 9)
          .right("P99", 9)
          .right("P99.9", 9)
          .right("MAX", 9)
          .left("ERRORS", 0);

  @Spec CommandSpec spec;

  @Mixin LoadOptions options = new LoadOptions(List.of(BenchOperation.PROPOSE));

  @Option(
      names = "--target",
      paramLabel = "synod|etcd|noop",
      defaultValue = "synod",
      converter = TargetOption.class,
      completionCandidates = TargetOption.class,
      description = "What to measure. Default: ${DEFAULT-VALUE}")
  BenchTarget target;

  @Option(
      names = {"--endpoints", "--endpoint"},
      paramLabel = "HOST:PORT",
      split = ",",
      converter = Endpoint.Converter.class,
      description = "Where, host:port or unix:/path; callers go round several.")
  @Nullable List<Endpoint> endpoints;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "human|json",
      defaultValue = "human",
      converter = OutputFormat.Converter.class,
      completionCandidates = OutputFormat.Converter.class,
      description = "A table, or one JSON document a run. Default: ${DEFAULT-VALUE}")
  OutputFormat outputFormat;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** For picocli. */
  public BenchCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    String fault = options.fault();
    if (fault != null) {
      throw new ParameterException(spec.commandLine(), fault);
    }
    if (target == BenchTarget.NOOP && options.operations.contains(BenchOperation.WATCH)) {
      throw new ParameterException(spec.commandLine(), "noop has nothing to watch");
    }
    if (target != BenchTarget.NOOP) {
      return measure(endpoints == null ? List.of(usual(target)) : endpoints);
    }
    if (endpoints != null) {
      throw new ParameterException(spec.commandLine(), "noop brings its own endpoint");
    }
    try (NoopServer server = new NoopServer()) {
      return measure(List.of(server.endpoint()));
    } catch (IOException e) {
      err().println("synod: cannot listen on the loopback address");
      return ExitStatus.ERROR;
    }
  }

  private static Endpoint usual(BenchTarget subject) {
    if (subject == BenchTarget.ETCD) {
      return Endpoint.parse("127.0.0.1:2379");
    }
    String set = System.getenv("SYNOD_ENDPOINT");
    return Endpoint.parse(set == null ? "127.0.0.1:7401" : set);
  }

  private int measure(List<Endpoint> where) throws InterruptedException {
    ProgressLine progressLine = ProgressLine.on(err());
    boolean json = outputFormat == OutputFormat.JSON;
    int status = ExitStatus.OK;
    try (LoadGenerator loadGenerator =
        new LoadGenerator(target, where, options.connections, options.threads)) {
      for (BenchOperation operation : options.operations) {
        loadGenerator.probe(operation, options.timeout);
        if (!json) {
          header(operation, where);
        }
        status = Math.max(status, measure(operation, loadGenerator, progressLine));
      }
      return status;
    } catch (StatusRuntimeException e) {
      String places = where.size() == 1 ? where.get(0).text() : "one of " + where;
      CallFailure callFailure = CallFailure.of(e, places, false);
      err().println("synod: " + callFailure.line());
      return callFailure.exitStatus();
    }
  }

  private int measure(
      BenchOperation operation, LoadGenerator loadGenerator, ProgressLine progressLine)
      throws InterruptedException {
    if (operation.reads() && target != BenchTarget.NOOP) {
      Measurement filled = loadGenerator.fill(options.load(operation, 1), progressLine);
      if (filled.errorCount() > 0) {
        err().println("synod: cannot write the keys to read: " + filled.errorText());
        return ExitStatus.UNAVAILABLE;
      }
    }
    int status = ExitStatus.OK;
    for (int callers : options.inFlight) {
      Measurement result = loadGenerator.run(options.load(operation, callers), progressLine);
      out().println(outputFormat == OutputFormat.JSON ? result.json() : row(result));
      out().flush();
      if (result.operations() == 0) {
        status = ExitStatus.UNAVAILABLE;
      }
    }
    return status;
  }

  private void header(BenchOperation operation, List<Endpoint> where) {
    if (operation != options.operations.get(0)) {
      out().println();
    }
    out()
        .printf(
            Locale.ROOT,
            "%s at %s, %s: %d bytes a value, %.1f s a run after %.1f s of warm-up;"
                + " latencies in ms%n%n",
            target.name().toLowerCase(Locale.ROOT),
            where,
            operation == BenchOperation.WATCH
                ? operation.counted() + " at " + options.watchers + " watchers"
                : operation.counted(),
            options.size.bytes,
            options.duration.toMillis() / 1e3,
            options.warmup.toMillis() / 1e3);
    out().println(COLUMNS.header());
  }

  private static String row(Measurement result) {
    return COLUMNS.row(
        result.closedLoop().inFlight(),
        String.format(Locale.ROOT, "%,.0f", result.perSecond()),
        Measurement.text(result.millis(50)),
        Measurement.text(result.millis(90)),
        Measurement.text(result.millis(99)),
        Measurement.text(result.millis(99.9)),
        Measurement.text(result.maxMillis()),
        result.errorText()
            + (result.watched()
                ? String.format(Locale.ROOT, "; %,.0f writes/s", result.writesPerSecond())
                : ""));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
