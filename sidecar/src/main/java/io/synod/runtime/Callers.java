package io.synod.runtime;

import io.synod.paxos.Settings;
import java.util.random.RandomGenerator;

/**
 * What callers on this node wait for.
 *
 * @param pending proposals
 * @param reads reads
 * @param witnesses questions to the disks of all nodes
 * @param feed the applied log
 * @param history the newest states
 * @param snapshots snapshots, and what consumers handed over
 */
record Callers(
    Pending pending,
    Reads reads,
    Witnesses witnesses,
    AppliedFeed feed,
    History history,
    SnapshotDesk snapshots) {

  static Callers of(
      Engine.Tuning tuning,
      Ports ports,
      Engine.Workers workers,
      Runnable wake,
      RandomGenerator random) {
    Settings settings = tuning.settings();
    Bounds bounds = tuning.bounds();
    // Ids begin anywhere, so that answers to an earlier process of this node are not taken for
    // ours.
    long firstId = random.nextLong(1L << 40, 1L << 41);
    Snapshotter snapshotter =
        new Snapshotter(ports, tuning.snapshots(), workers.background(), wake);
    return new Callers(
        new Pending(bounds, workers.publisher(), settings.electionTimeoutNanos()),
        new Reads(bounds, workers.publisher(), settings.resendNanos(), firstId),
        new Witnesses(firstId),
        new AppliedFeed(ports.journal(), bounds.recentBytesMax()),
        new History(bounds.statesMax(), bounds.recentBytesMax()),
        new SnapshotDesk(
            snapshotter,
            new Shares(ports, settings.pageBytesMax()),
            new Pulls(ports, settings.resendNanos(), workers.background(), wake, firstId)));
  }
}
