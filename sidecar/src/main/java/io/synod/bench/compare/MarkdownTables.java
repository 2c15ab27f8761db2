package io.synod.bench.compare;

import io.synod.bench.load.BenchOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A comparison as tables for a page. */
final class MarkdownTables {
  private MarkdownTables() {}

  static String of(ComparisonReport report) {
    List<List<String>> tables =
        List.of(
            report.setting().lines(), ratios(report), speed(report), cost(report), memory(report));
    return tables.stream()
        .map(lines -> String.join("\n", lines) + "\n")
        .collect(Collectors.joining("\n"));
  }

  /** Synod's operations a second and, in brackets, their ratio to etcd's. */
  private static List<String> ratios(ComparisonReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        row(
            Stream.concat(
                Stream.of("operation"),
                report.inFlight().stream().map(n -> count(n) + " in flight"))));
    lines.add(rule(1, report.inFlight().size(), false));
    for (BenchOperation operation : report.operations()) {
      lines.add(
          row(
              Stream.concat(
                  Stream.of(operation.optionName()),
                  report.of(operation).stream()
                      .map(
                          load ->
                              load.synod().perSecond().median("%,.0f")
                                  + load.speedRatio().median(" (%.2f)")))));
    }
    return lines;
  }

  private static List<String> speed(ComparisonReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        row(
            "operation",
            "in flight",
            "Synod ops/s (min..max)",
            "etcd ops/s (min..max)",
            "Synod / etcd (min..max)",
            "Synod p50 / p99 ms",
            "etcd p50 / p99 ms",
            "errors"));
    lines.add(rule(1, 6, true));
    for (ComparedLoad load : report.loads()) {
      lines.add(
          row(
              load.operation().optionName(),
              count(load.inFlight()),
              withRange("%,.0f", load.synod().perSecond()),
              withRange("%,.0f", load.etcd().perSecond()),
              withRange("%.2f", load.speedRatio()),
              load.synod().latencies(),
              load.etcd().latencies(),
              load.errors()));
    }
    return lines;
  }

  private static List<String> cost(ComparisonReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        row(
            "operation",
            "in flight",
            "Synod CPU µs an operation",
            "etcd CPU µs an operation",
            "Synod / etcd (min..max)",
            "generator's CPU µs: Synod, etcd",
            "processors busy: Synod, etcd"));
    lines.add(rule(1, 6, false));
    for (ComparedLoad load : report.loads()) {
      ClusterFigures synod = load.synod();
      ClusterFigures etcd = load.etcd();
      lines.add(
          row(
              load.operation().optionName(),
              count(load.inFlight()),
              synod.serverMicros().median("%,.1f"),
              etcd.serverMicros().median("%,.1f"),
              withRange("%.2f", load.cpuRatio()),
              pair("%,.1f", synod.generatorMicros(), etcd.generatorMicros()),
              pair("%.2f", synod.cores(), etcd.cores())));
    }
    return lines;
  }

  private static List<String> memory(ComparisonReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(row("process", "peak MiB", "of no file, MiB"));
    lines.add(rule(1, 2, false));
    report
        .memory()
        .forEach(
            (name, most) ->
                lines.add(
                    row(name, TextTable.mib(most.peakKib()), TextTable.mib(most.privateKib()))));
    return lines;
  }

  private static String withRange(String form, Spread spread) {
    return spread.median(form) + " (" + spread.range(form) + ")";
  }

  private static String pair(String form, Spread one, Spread other) {
    return one.median(form) + ", " + other.median(form);
  }

  private static String count(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String row(String... cells) {
    return row(Stream.of(cells));
  }

  private static String row(Stream<String> cells) {
    return cells.collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** Below the head: so many columns of words, of numbers, and perhaps one more of words. */
  private static String rule(int words, int numbers, boolean oneMore) {
    return "|" + "---|".repeat(words) + "---:|".repeat(numbers) + (oneMore ? "---|" : "");
  }
}
