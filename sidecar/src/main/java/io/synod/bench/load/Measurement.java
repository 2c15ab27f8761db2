package io.synod.bench.load;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What one loop came to.
 *
 * @param latencies of the calls that succeeded, in nanoseconds
 * @param errors calls that failed, by reason
 * @param writes of {@link BenchOperation#WATCH}: how many were answered, while the events counted
 * @param cpu what was used from the end of the warm-up to the end of the time that counts
 */
public record Measurement(
    BenchTarget subject,
    ClosedLoop closedLoop,
    double seconds,
    Histogram latencies,
    Map<String, Long> errors,
    long writes,
    CpuTime cpu) {

  public long operations() {
    return latencies.getTotalCount();
  }

  public double perSecond() {
    return operations() / seconds;
  }

  public boolean watched() {
    return closedLoop.work().operation() == BenchOperation.WATCH;
  }

  public double writesPerSecond() {
    return writes / seconds;
  }

  public long errorCount() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Both as one, of the same subject under the same load. */
  public Measurement plus(Measurement other) {
    Histogram sum = latencies.copy();
    sum.add(other.latencies);
    Map<String, Long> all = new TreeMap<>(errors);
    other.errors.forEach((reason, count) -> all.merge(reason, count, Long::sum));
    return new Measurement(
        subject,
        closedLoop,
        seconds + other.seconds,
        sum,
        all,
        writes + other.writes,
        cpu.plus(other.cpu));
  }

  /** Of all servers, an operation; not a number if that is not known. */
  public double serverMicros() {
    return micros(cpu.serverNanos());
  }

  /** Of the generator, an operation; not a number if that is not known. */
  public double generatorMicros() {
    return micros(cpu.generatorNanos());
  }

  private double micros(long nanos) {
    return nanos == 0 || operations() == 0 ? Double.NaN : nanos / 1e3 / operations();
  }

  /** How many processors the servers and the generator kept busy together. */
  public double cores() {
    return (cpu.serverNanos() + cpu.generatorNanos()) / 1e9 / seconds;
  }

  public double millis(double percentile) {
    return operations() == 0 ? 0 : latencies.getValueAtPercentile(percentile) / 1e6;
  }

  public double maxMillis() {
    return operations() == 0 ? 0 : latencies.getMaxValue() / 1e6;
  }

  /** {@code none}, or each reason with its count. */
  public String errorText() {
    return errors.isEmpty()
        ? "none"
        : errors.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", "));
  }

  /** One JSON object on one line. */
  public String json() {
    String failed =
        errors.entrySet().stream()
            .map(e -> "\"" + e.getKey() + "\":" + e.getValue())
            .collect(Collectors.joining(","));
    return String.format(
        Locale.ROOT,
        "{\"target\":\"%s\",\"operation\":\"%s\","
            + "\"inFlight\":%d,\"bytes\":%d,\"seconds\":%.3f,\"operations\":%d,"
            + "\"operationsPerSecond\":%.1f,\"latencyMillis\":{\"p50\":%.3f,\"p90\":%.3f,"
            + "\"p99\":%.3f,\"p99.9\":%.3f,\"max\":%.3f},%s\"errors\":{%s}}",
        subject.name().toLowerCase(Locale.ROOT),
        closedLoop.work().operation().optionName(),
        closedLoop.inFlight(),
        closedLoop.size(),
        seconds,
        operations(),
        perSecond(),
        millis(50),
        millis(90),
        millis(99),
        millis(99.9),
        maxMillis(),
        watched() ? fanOut() : "",
        failed);
  }

  private String fanOut() {
    return String.format(
        Locale.ROOT,
        "\"watchers\":%d,\"writesPerSecond\":%.1f,",
        closedLoop.work().watchers(),
        writesPerSecond());
  }

  /** A time in milliseconds, in as many digits as a reader compares. */
  public static String text(double millis) {
    return String.format(Locale.ROOT, millis < 100 ? "%.2f" : "%.0f", millis);
  }
}
