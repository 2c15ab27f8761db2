package io.synod.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.HashMap;
import java.util.Map;

/** The metrics of the loop: syncs, turns, applied batches and round trips. */
final class LoopMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Histogram syncSeconds;
  private final Counter writes;
  private final Counter damagedRecords;
  private final Histogram cycleSeconds;
  private final Histogram cycleInputs;
  private final Histogram applySeconds;
  private final Counter commandsApplied;
  private final Map<Integer, Histogram.Child> roundTrips = new HashMap<>();

  LoopMetrics(NodeLabels identity, CollectorRegistry registry) {
    syncSeconds =
        seconds(
                "synod_log_sync_duration_seconds",
                "Time to write and sync the records of one turn of the loop.")
            .buckets(Buckets.diskSeconds())
            .register(registry);
    writes =
        Counter.build("synod_log_writes", "Records written to the log and synced.")
            .withoutExemplars()
            .register(registry);
    damagedRecords =
        Counter.build("synod_log_damaged_records", "Damaged records read from the disk.")
            .withoutExemplars()
            .register(registry);
    cycleSeconds =
        seconds("synod_cycle_duration_seconds", "Time of one turn of the loop, including the sync.")
            .register(registry);
    cycleInputs =
        Histogram.build("synod_cycle_inputs", "Inputs processed in one turn of the loop.")
            .buckets(Buckets.counts())
            .withoutExemplars()
            .register(registry);
    applySeconds =
        seconds("synod_apply_duration_seconds", "Time to apply one chosen batch.")
            .register(registry);
    commandsApplied =
        Counter.build("synod_commands_applied", "Commands of chosen batches that were applied.")
            .withoutExemplars()
            .register(registry);
    Histogram roundTrip =
        seconds("synod_peer_round_trip_seconds", "Time until a peer answered a heartbeat.")
            .labelNames("peer")
            .register(registry);
    identity.peers().forEach((node, name) -> roundTrips.put(node, roundTrip.labels(name)));
  }

  private static Histogram.Builder seconds(String name, String help) {
    return Histogram.build(name, help).buckets(Buckets.seconds()).withoutExemplars();
  }

  void synced(int count, long nanos) {
    writes.inc(count);
    syncSeconds.observe(nanos / NANOS_PER_SECOND);
  }

  void damaged() {
    damagedRecords.inc();
  }

  void cycled(int inputs, long nanos) {
    cycleInputs.observe(inputs);
    cycleSeconds.observe(nanos / NANOS_PER_SECOND);
  }

  void applied(int commands, long nanos) {
    commandsApplied.inc(commands);
    applySeconds.observe(nanos / NANOS_PER_SECOND);
  }

  void roundTrip(int peer, long nanos) {
    Histogram.Child child = roundTrips.get(peer);
    if (child != null) {
      child.observe(nanos / NANOS_PER_SECOND);
    }
  }
}
