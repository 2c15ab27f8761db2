package io.synod.bench.compare;

import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.cluster.DataDisk;
import io.synod.bench.cluster.MachineInfo;
import io.synod.bench.load.LoadOptions;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * What was measured, where and how hard.
 *
 * @param subjects the versions of Synod and of etcd
 * @param disk what the data is on, and how long it takes to write and sync a block
 */
record Setting(
    LocalDate date, Subjects subjects, MachineInfo machine, DataDisk disk, Effort effort) {

  /** The versions that the two programs report. */
  record Subjects(String synod, String etcd) {}

  /** How many rounds of how much. */
  record Effort(LoadOptions load, int rounds, Duration preheat) {
    /** Without what it takes to start the clusters, and to write the keys that are read. */
    Duration whole() {
      Duration each = load.warmup.plus(load.duration).multipliedBy(rounds);
      return each.multipliedBy(load.inFlight.size())
          .plus(preheat)
          .multipliedBy(2L * load.operations.size());
    }
  }

  static LocalDate today() {
    return LocalDate.now(ZoneOffset.UTC);
  }

  /** Says all of it, a line for each kind. */
  List<String> lines() {
    LoadOptions load = effort.load();
    return List.of(
        String.format(Locale.ROOT, "%s, %s beside %s", date, subjects.synod(), subjects.etcd()),
        String.format(
            Locale.ROOT,
            "%s; %d sidecars and %d etcd members on loopback",
            machine.text(),
            BenchCluster.MEMBERS,
            BenchCluster.MEMBERS),
        disk.text(),
        String.format(
            Locale.ROOT,
            "%d-byte values, %d rounds of %.1f s after %.1f s each, operations pushed for %.1f s"
                + " before, %d connections, %d threads",
            load.size.bytes,
            effort.rounds(),
            load.duration.toMillis() / 1e3,
            load.warmup.toMillis() / 1e3,
            effort.preheat().toMillis() / 1e3,
            load.connections * BenchCluster.MEMBERS,
            load.threads));
  }
}
