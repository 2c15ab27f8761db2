package io.synod.bench;

import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.Measurement;
import java.util.List;
import java.util.Locale;

/** Both subjects under the same load, in turn. */
record Comparison(Measurement synod, Measurement etcd) {

  private static final List<String> HEADER =
      List.of(
          "| in flight | Synod ops/s | etcd ops/s | Synod / etcd"
              + " | Synod p50 / p99 ms | etcd p50 / p99 ms | errors |",
          "|---:|---:|---:|---:|---:|---:|---|");

  /** Both are asked for as many writes as they can do: so many events there may be. */
  private static final List<String> WATCH_HEADER =
      List.of(
          "| writers | Synod events/s | etcd events/s | Synod / etcd | Synod p50 / p99 ms"
              + " | etcd p50 / p99 ms | Synod writes/s | etcd writes/s | errors |",
          "|---:|---:|---:|---:|---:|---:|---:|---:|---|");

  /** The head of a table of rows of this operation. */
  static List<String> header(BenchOperation operation) {
    return operation == BenchOperation.WATCH ? WATCH_HEADER : HEADER;
  }

  double ratio() {
    return synod.perSecond() / etcd.perSecond();
  }

  /** A row under {@link #header}. */
  String row() {
    return String.format(
        Locale.ROOT,
        "| %,d | %,.0f | %,.0f | %s | %s / %s | %s / %s |%s %s |",
        synod.closedLoop().inFlight(),
        synod.perSecond(),
        etcd.perSecond(),
        etcd.operations() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", ratio()),
        Measurement.text(synod.millis(50)),
        Measurement.text(synod.millis(99)),
        Measurement.text(etcd.millis(50)),
        Measurement.text(etcd.millis(99)),
        synod.watched()
            ? String.format(
                Locale.ROOT, " %,.0f | %,.0f |", synod.writesPerSecond(), etcd.writesPerSecond())
            : "",
        errors());
  }

  private String errors() {
    if (synod.errorCount() == 0 && etcd.errorCount() == 0) {
      return "none";
    }
    return "Synod: " + synod.errorText() + "; etcd: " + etcd.errorText();
  }
}
