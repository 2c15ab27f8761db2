package io.synod.runtime;

import io.synod.paxos.Settings;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What callers on this node wait for.
 *
 * @param pending proposals
 * @param reads reads
 * @param witnesses questions to the disks of all nodes
 * @param feed the applied log
 * @param history the newest states
 */
record Callers(
    Pending pending, Reads reads, Witnesses witnesses, AppliedFeed feed, History history) {

  static Callers of(
      Bounds bounds,
      Settings settings,
      Journal journal,
      Executor publisher,
      RandomGenerator random) {
    // Ids begin anywhere, so that answers to an earlier process of this node are not taken for
    // ours.
    long firstId = random.nextLong(1L << 40, 1L << 41);
    return new Callers(
        new Pending(bounds, publisher, settings.electionTimeoutNanos()),
        new Reads(bounds, publisher, settings.resendNanos(), firstId),
        new Witnesses(firstId),
        new AppliedFeed(journal, bounds.recentBytesMax()),
        new History(bounds.statesMax(), bounds.recentBytesMax()));
  }
}
