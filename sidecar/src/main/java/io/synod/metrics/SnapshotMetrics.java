package io.synod.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.synod.paxos.value.SnapshotMark;

/** The metrics of snapshots: counts since the start, and figures of the last one. */
final class SnapshotMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Counter taken;
  private final Counter failed;
  private final Counter installed;
  private final Gauge seconds;
  private final Gauge bytes;
  private final Gauge slot;

  SnapshotMetrics(CollectorRegistry registry) {
    taken = counter("synod_snapshots_taken", "Snapshots of the state taken.", registry);
    failed =
        counter(
            "synod_snapshots_failed",
            "Snapshots that could not be taken, or not be fetched from a peer.",
            registry);
    installed =
        counter("synod_snapshots_installed", "Snapshots of a peer installed here.", registry);
    seconds =
        gauge("synod_snapshot_last_duration_seconds", "Time to take the last snapshot.", registry);
    bytes = gauge("synod_snapshot_last_size_bytes", "Size of the last snapshot here.", registry);
    slot = gauge("synod_snapshot_last_slot", "Slot of the last snapshot here.", registry);
  }

  private static Counter counter(String name, String help, CollectorRegistry registry) {
    return Counter.build(name, help).withoutExemplars().register(registry);
  }

  private static Gauge gauge(String name, String help, CollectorRegistry registry) {
    return Gauge.build(name, help).register(registry);
  }

  void taken(SnapshotMark mark, long size, long nanos) {
    taken.inc();
    seconds.set(nanos / NANOS_PER_SECOND);
    last(mark, size);
  }

  void failed() {
    failed.inc();
  }

  void installed(SnapshotMark mark, long size) {
    installed.inc();
    last(mark, size);
  }

  private void last(SnapshotMark mark, long size) {
    bytes.set((double) size);
    slot.set((double) mark.slot());
  }
}
