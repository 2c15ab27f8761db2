package io.synod.bench.load;

import io.synod.cli.shared.DurationOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the offered load, shared by the bench commands. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class LoadOptions {
  private static final int CALLERS_MAX = 100_000;
  private static final long KEYS_MAX = 100_000_000;
  private static final int WATCHERS_MAX = 10_000;

  /** A watched value holds its number and when it was sent. */
  private static final int WATCHED_SIZE_MIN = 16;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,64,1000",
      description = "Calls under way at once; several make several runs. Default: 1,64,1000")
  public List<Integer> inFlight;

  @Mixin public ValueSize size;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationOption.class,
      description = "How long each run is measured. Default: ${DEFAULT-VALUE}")
  public Duration duration;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "3s",
      converter = DurationOption.class,
      description = "How long each run goes before it is measured. Default: ${DEFAULT-VALUE}")
  public Duration warmup;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationOption.class,
      description = "Of one call. Default: ${DEFAULT-VALUE}")
  public Duration timeout;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1",
      description = "Connections to each endpoint. Default: ${DEFAULT-VALUE}")
  public int connections;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of the generator. Default: ${DEFAULT-VALUE}")
  public int threads;

  @Option(
      names = "--operation",
      paramLabel = "WORD",
      split = ",",
      converter = BenchOperation.Option.class,
      completionCandidates = BenchOperation.Option.class,
      description =
          "What to ask for, several one after the other: ${COMPLETION-CANDIDATES}."
              + " Default: ${DEFAULT-VALUE}")
  public List<BenchOperation> operations;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "100000",
      description = "How many keys to go round. Default: ${DEFAULT-VALUE}")
  long keys;

  @Option(
      names = "--watchers",
      paramLabel = "N",
      defaultValue = "8",
      description = "Of watch: how many get every write. Default: ${DEFAULT-VALUE}")
  public int watchers;

  /** Options whose operations are these, unless the user names others. */
  public LoadOptions(List<BenchOperation> operations) {
    this.operations = operations;
  }

  /** The loop of so many callers. */
  public ClosedLoop load(BenchOperation operation, int callers) {
    LoopWork work = new LoopWork(operation, keys, watchers);
    return new ClosedLoop(work, callers, size.bytes, warmup, duration, timeout);
  }

  /** What is wrong with them; null if nothing is. */
  @Nullable
  public String fault() {
    if (inFlight.stream().anyMatch(n -> n < 1 || n > CALLERS_MAX)) {
      return "--in-flight goes from 1 to " + CALLERS_MAX;
    }
    if (size.fault() != null) {
      return size.fault();
    }
    if (operations.contains(BenchOperation.WATCH) && size.bytes < WATCHED_SIZE_MIN) {
      return "--operation watch wants --size of at least " + WATCHED_SIZE_MIN;
    }
    if (keys < 1 || keys > KEYS_MAX || watchers < 1 || watchers > WATCHERS_MAX) {
      return "--keys goes from 1 to " + KEYS_MAX + ", --watchers from 1 to " + WATCHERS_MAX;
    }
    if (duration.isZero() || timeout.isZero()) {
      return "--duration and --timeout must be longer than 0";
    }
    if (connections < 1 || threads < 1) {
      return "--connections and --threads must be at least 1";
    }
    return null;
  }
}
