package io.synod.bench.failover;

import io.synod.bench.cluster.DataDisk;
import io.synod.bench.cluster.MachineInfo;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A whole measurement.
 *
 * @param etcd null if Synod was measured alone
 */
record FailoverReport(
    Conditions conditions, FailoverFigures synod, @Nullable FailoverFigures etcd) {

  /**
   * What was measured and where.
   *
   * @param versions of Synod, and of etcd if it was measured too
   */
  record Conditions(
      LocalDate date,
      List<String> versions,
      MachineInfo machine,
      DataDisk disk,
      LeaderFault fault) {
    Conditions {
      versions = List.copyOf(versions);
    }

    /** All of it, a line for each kind. */
    List<String> lines() {
      return List.of(
          String.format(Locale.ROOT, "%s, %s", date, String.join(" beside ", versions)),
          machine.text() + "; three members of each on loopback",
          disk.text());
    }
  }

  /** The figures of each cluster, Synod's first. */
  List<FailoverFigures> all() {
    return etcd == null ? List.of(synod) : List.of(synod, etcd);
  }

  /** Whether a write succeeded after every fault. */
  boolean alwaysRecovered() {
    return all().stream().allMatch(figures -> figures.withoutWrite() == 0);
  }
}
