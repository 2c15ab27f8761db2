package io.synod.bench.failover;

import io.synod.cli.shared.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/** A measurement as a table, for a terminal and for a page. */
final class FailoverTable {
  private static final List<String> TITLES =
      List.of("SECONDS", "CLUSTER", "ROUNDS", "P50", "P90", "P99", "MAX", "NO WRITE");
  private static final int WORDS = 2;
  private static final int[] PERCENTS = {50, 90, 99, 100};

  private FailoverTable() {}

  /** The lines for a terminal. */
  static List<String> text(FailoverReport report) {
    Columns columns =
        Columns.none()
            .left("", 18)
            .left("", 7)
            .right("", 6)
            .right("", 7)
            .right("", 7)
            .right("", 7)
            .right("", 7)
            .right("", 9);
    List<String> lines = new ArrayList<>();
    lines.add(columns.row(TITLES.toArray()));
    rows(report).forEach(row -> lines.add(columns.row(row.toArray())));
    lines.add("");
    report.all().forEach(figures -> lines.add(failedCalls(figures)));
    return lines;
  }

  /** The table and what was measured, for a page. */
  static String markdown(FailoverReport report) {
    List<String> lines = new ArrayList<>(report.conditions().lines());
    lines.add("leader " + report.conditions().fault().state());
    lines.add("");
    lines.add(markdown(TITLES.stream().map(title -> title.toLowerCase(Locale.ROOT)).toList()));
    lines.add("|" + "---|".repeat(WORDS) + "---:|".repeat(TITLES.size() - WORDS));
    rows(report).forEach(row -> lines.add(markdown(row)));
    lines.add("");
    report.all().forEach(figures -> lines.add(failedCalls(figures)));
    return String.join("\n", lines) + "\n";
  }

  private static String markdown(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  private static List<List<String>> rows(FailoverReport report) {
    List<List<String>> rows = new ArrayList<>();
    add(rows, report, "to the first write", FailoverFigures::gaps);
    add(rows, report, "longest gap", FailoverFigures::longest);
    return rows;
  }

  private static void add(
      List<List<String>> rows,
      FailoverReport report,
      String title,
      Function<FailoverFigures, GapPercentiles> figure) {
    for (FailoverFigures figures : report.all()) {
      GapPercentiles percentiles = figure.apply(figures);
      List<String> row = new ArrayList<>();
      row.add(title);
      row.add(figures.subject().title());
      row.add(Integer.toString(figures.rounds().size()));
      row.addAll(cells(percentiles::at));
      row.add(Long.toString(figures.withoutWrite()));
      rows.add(row);
    }
    FailoverFigures etcd = report.etcd();
    if (etcd != null) {
      List<String> row = new ArrayList<>(List.of(title, "ratio", ""));
      GapPercentiles ours = figure.apply(report.synod());
      GapPercentiles theirs = figure.apply(etcd);
      row.addAll(cells(percent -> ratio(ours.at(percent), theirs.at(percent))));
      row.add("");
      rows.add(row);
    }
  }

  private static List<String> cells(IntToDoubleFunction percentile) {
    List<String> cells = new ArrayList<>();
    for (int percent : PERCENTS) {
      cells.add(cell(percentile.applyAsDouble(percent)));
    }
    return cells;
  }

  /** Not a number if there was no write. */
  private static double ratio(double ours, double theirs) {
    return Double.isFinite(ours) && Double.isFinite(theirs) ? ours / theirs : Double.NaN;
  }

  /** Infinity stands for a round without a write. */
  private static String cell(double figure) {
    if (Double.isNaN(figure)) {
      return "-";
    }
    return Double.isInfinite(figure)
        ? "> " + FailoverTrial.WRITE_PATIENCE.toSeconds()
        : String.format(Locale.ROOT, "%.2f", figure);
  }

  private static String failedCalls(FailoverFigures figures) {
    Map<String, Long> failed = figures.failedCalls();
    String codes =
        failed.isEmpty()
            ? "none"
            : failed.entrySet().stream()
                .map(one -> String.format(Locale.ROOT, "%,d %s", one.getValue(), one.getKey()))
                .collect(Collectors.joining(", "));
    return "failed calls of " + figures.subject().title() + ": " + codes;
  }
}
