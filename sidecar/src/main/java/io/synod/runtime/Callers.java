package io.synod.runtime;

import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What callers on this node wait for, and what the node does for them unasked.
 *
 * @param pending proposals
 * @param reads reads
 * @param witnesses questions to the disks of all nodes
 * @param feed the applied log
 * @param history the newest states
 * @param duties what the node does of its own accord
 */
record Callers(
    Pending pending,
    Reads reads,
    Witnesses witnesses,
    AppliedFeed feed,
    History history,
    Duties duties) {

  static Callers of(
      Self self, Engine.Tuning tuning, Ports ports, Executor publisher, RandomGenerator random) {
    // Ids begin anywhere, so that answers to an earlier process of this node are not taken for
    // ours.
    long firstId = random.nextLong(1L << 40, 1L << 41);
    Settings settings = tuning.settings();
    Bounds bounds = tuning.bounds();
    Pending pending = new Pending(bounds, publisher, settings.electionTimeoutNanos());
    OwnProposals own = new OwnProposals(self.node(), ports.clock(), pending, random);
    Reads reads = new Reads(bounds, publisher, settings.resendNanos(), firstId);
    AppliedFeed feed = new AppliedFeed(ports.journal(), bounds.recentBytesMax());
    Digests digests = new Digests(self, ports.observer(), settings.heartbeatNanos());
    return new Callers(
        pending,
        reads,
        new Witnesses(firstId),
        feed,
        new History(bounds.statesMax()),
        new Duties(own, settings, digests, () -> quarantine(pending, reads, feed)));
  }

  private static void quarantine(Pending pending, Reads reads, AppliedFeed feed) {
    pending.quarantine();
    reads.quarantine();
    // Wakes the watchers, so that they look.
    feed.signal();
  }
}
