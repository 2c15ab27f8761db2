package io.synod.bench.compare;

import io.synod.bench.cluster.ProcessMemory;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.Measurement;
import io.synod.cli.shared.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison as tables for a terminal. */
final class TextTable {
  private static final Columns LOADS =
      Columns.none()
          .right("IN FLIGHT", 9)
          .left("", 6)
          .right("OPS/S", 9)
          .right("MIN..MAX", 17)
          .right("P50 MS", 8)
          .right("P99 MS", 8)
          .right("CPU US/OP", 9)
          .right("LOAD US/OP", 10)
          .right("CORES", 6)
          .left("ERRORS", 0);

  private static final Columns MEMORY =
      Columns.none().left("PROCESS", 10).right("PEAK MIB", 9).right("PRIVATE MIB", 12);

  private TextTable() {}

  /** What stands above the loads of an operation. */
  static List<String> header(BenchOperation operation) {
    String title =
        operation == BenchOperation.WATCH
            ? "watch: events at the watchers; in flight are the writers"
            : operation.optionName();
    return List.of("", title, LOADS.header());
  }

  /** Three lines: Synod's, etcd's and how they compare. */
  static List<String> lines(ComparedLoad load) {
    return List.of(
        line(String.format(Locale.ROOT, "%,d", load.inFlight()), "Synod", load.synod()),
        line("", "etcd", load.etcd()),
        LOADS.row(
            "",
            "ratio",
            load.speedRatio().median("%.2f"),
            load.speedRatio().range("%.2f"),
            Spread.text("%.2f", load.latencyRatio(50)),
            Spread.text("%.2f", load.latencyRatio(99)),
            load.cpuRatio().median("%.2f"),
            "",
            "",
            ""));
  }

  private static String line(String inFlight, String title, ClusterFigures figures) {
    Measurement whole = figures.whole();
    String writes = whole.watched() ? Spread.text("; %,.0f writes/s", whole.writesPerSecond()) : "";
    return LOADS.row(
        inFlight,
        title,
        figures.perSecond().median("%,.0f"),
        figures.perSecond().range("%,.0f"),
        Measurement.text(figures.millis(50)),
        Measurement.text(figures.millis(99)),
        figures.serverMicros().median("%,.1f"),
        figures.generatorMicros().median("%,.1f"),
        figures.cores().median("%.2f"),
        whole.errorText() + writes);
  }

  /** A line for each process. */
  static List<String> memory(Map<String, ProcessMemory> memory) {
    List<String> lines = new ArrayList<>(List.of("", MEMORY.header()));
    memory.forEach(
        (name, most) -> lines.add(MEMORY.row(name, mib(most.peakKib()), mib(most.privateKib()))));
    return lines;
  }

  /** A dash for what is not known. */
  static String mib(long kib) {
    return Spread.text("%,.0f", kib == 0 ? Double.NaN : kib / 1024.0);
  }
}
