package io.synod.runtime.engine;

import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.paxos.Patience;
import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.runtime.port.Bounds;
import io.synod.runtime.port.Ports;
import io.synod.runtime.propose.Duty;
import io.synod.runtime.propose.OwnProposals;
import io.synod.runtime.propose.Pending;
import io.synod.runtime.read.AppliedFeed;
import io.synod.runtime.read.History;
import io.synod.runtime.read.Reads;
import io.synod.runtime.read.Witnesses;
import io.synod.runtime.snapshot.Custodian;
import io.synod.runtime.snapshot.Pull;
import io.synod.runtime.snapshot.Pulls;
import io.synod.runtime.snapshot.Shares;
import io.synod.runtime.snapshot.SnapshotDesk;
import io.synod.runtime.snapshot.Snapshotter;
import io.synod.runtime.upkeep.Digests;
import io.synod.runtime.upkeep.Duties;
import io.synod.state.Entry;
import io.synod.state.Limits;
import io.synod.state.Session;
import java.util.random.RandomGenerator;

/**
 * What callers on this node wait for, and what the node does for them unasked.
 *
 * @param pending proposals
 * @param reads reads
 * @param witnesses questions to the disks of all nodes
 * @param feed the applied log
 * @param history the newest states
 * @param own what callers propose without a session
 * @param duties what the node does of its own accord
 * @param snapshots snapshots, and what consumers handed over
 * @param limits of the replicated state
 */
record Callers(
    Pending pending,
    Reads reads,
    Witnesses witnesses,
    AppliedFeed feed,
    History history,
    OwnProposals own,
    Duties duties,
    SnapshotDesk snapshots,
    Limits limits) {

  /**
   * What a node is born with, besides its settings.
   *
   * @param random for ids, which begin anywhere, so that answers to an earlier process of this node
   *     are not taken for ours
   * @param wake makes the cycle turn soon
   */
  record Birth(RandomGenerator random, Runnable wake) {}

  static Callers of(
      Self self, Engine.Tuning tuning, Ports ports, Engine.Workers workers, Birth birth) {
    Settings settings = tuning.settings();
    Bounds bounds = tuning.bounds();
    long firstId = birth.random().nextLong(1L << 40, 1L << 41);
    long timeout = settings.electionTimeoutNanos();
    Pending pending =
        new Pending(
            bounds,
            workers.publisher(),
            new Patience(timeout, Settings.RESEND_FACTOR_MAX * timeout),
            settings.queueShareBytes(self.peers().size()));
    OwnProposals own = proposals(self, ports, pending, Session.Kind.OWN, birth);
    // In a session and with room of its own, which callers cannot fill.
    OwnProposals dutiful = proposals(self, ports, pending, Session.Kind.OWN_DUTIES, birth);
    Reads reads = new Reads(bounds, workers.publisher(), patience(settings), firstId);
    AppliedFeed feed = new AppliedFeed(ports.journal(), bounds.recentBytesMax());
    Digests digests = new Digests(self, ports.observer(), settings.heartbeatNanos());
    Pulls pulls =
        new Pulls(
            ports,
            patience(settings),
            new Pull.Background(workers.background(), birth.wake()),
            firstId);
    Duty store = new Duty(dutiful, Entry.Kind.STORE, Duty.Times.of(settings));
    SnapshotDesk snapshots =
        new SnapshotDesk(
            new Snapshotter(
                ports,
                tuning.snapshots(),
                feed::neededFromIndex,
                workers.background(),
                birth.wake()),
            new Shares(ports, settings.pageBytesMax()),
            pulls,
            new Custodian(self, ports, pulls, store, workers.background()),
            digests);
    Runnable quarantine =
        () -> {
          pending.quarantine();
          reads.quarantine();
          // Wakes the watchers, so that they look.
          feed.signal();
        };
    return new Callers(
        pending,
        reads,
        new Witnesses(firstId),
        feed,
        new History(bounds.statesMax(), bounds.recentBytesMax()),
        own,
        new Duties(dutiful, settings, bounds, digests, quarantine),
        snapshots,
        tuning.limits());
  }

  /** The transport tells what became of messages. */
  void carried(Input input) {
    snapshots.pulls().carried(input);
    if (input instanceof Input.Reconnected) {
      reads.reconnected();
      pending.reconnected();
    } else if (input instanceof Input.Dropped dropped
        && dropped.message() instanceof Message.Forward forward) {
      pending.dropped(forward.commands());
    }
  }

  /** The earliest moment at which a proposal or a read has something to do. */
  long nextDeadlineNanos() {
    return Math.min(pending.nextDeadlineNanos(), reads.nextDeadlineNanos());
  }

  private static Patience patience(Settings settings) {
    return new Patience(settings.resendNanos(), settings.resendMaxNanos());
  }

  private static OwnProposals proposals(
      Self self, Ports ports, Pending pending, Session.Kind kind, Birth birth) {
    return new OwnProposals(self.node(), ports.clock(), pending, kind, birth.random());
  }
}
