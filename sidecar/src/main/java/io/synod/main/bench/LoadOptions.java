package io.synod.main.bench;

import io.synod.main.client.DurationOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how hard to push, shared by the bench commands. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LoadOptions {
  private static final int CALLERS_MAX = 100_000;
  private static final int SIZE_MAX = 1 << 20;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,64,1000",
      description = "Calls under way at once; several make several runs. Default: 1,64,1000")
  List<Integer> inFlight;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      defaultValue = "256",
      description = "Bytes of each value. Default: ${DEFAULT-VALUE}")
  int size;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationOption.class,
      description = "How long each run is measured. Default: ${DEFAULT-VALUE}")
  Duration duration;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "3s",
      converter = DurationOption.class,
      description = "How long each run goes before it is measured. Default: ${DEFAULT-VALUE}")
  Duration warmup;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationOption.class,
      description = "Of one call. Default: ${DEFAULT-VALUE}")
  Duration timeout;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1",
      description = "Connections to each endpoint. Default: ${DEFAULT-VALUE}")
  int connections;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of the generator. Default: ${DEFAULT-VALUE}")
  int threads;

  /** The loop of so many callers. */
  Load load(int callers) {
    return new Load(callers, size, warmup, duration, timeout);
  }

  /** What is wrong with them; null if nothing is. */
  @Nullable String fault() {
    if (inFlight.stream().anyMatch(n -> n < 1 || n > CALLERS_MAX)) {
      return "--in-flight goes from 1 to " + CALLERS_MAX;
    }
    if (size < 1 || size > SIZE_MAX) {
      return "--size goes from 1 to " + SIZE_MAX;
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
