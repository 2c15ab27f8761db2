package io.synod.paxos;

import io.synod.paxos.value.ArchivedState;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Recovered;
import java.util.List;
import java.util.random.RandomGenerator;

/** The parts of a replica that exist whether or not its cluster is formed. */
final class ReplicaParts {
  final Self self;
  final Settings settings;
  final RandomGenerator random;
  final Outbox out = new Outbox();
  final Slots slots;
  final Acceptor acceptor;
  final Learner learner;
  final Connectivity connectivity;
  final Bootstrap bootstrap;
  final BootstrapCheck bootstrapCheck;
  final Electorate electorate;
  final Heartbeats heartbeats;
  final Freshness freshness = new Freshness();

  /** Creates them from the durable state of the disk. */
  ReplicaParts(
      Self self,
      Settings settings,
      RandomGenerator random,
      Recovered recovered,
      ArchivedState archived) {
    this.self = self;
    this.settings = settings;
    this.random = random;
    this.slots = new Slots(recovered.archivedThrough());
    this.acceptor = new Acceptor(self.node(), recovered, slots, settings, out);
    this.learner = new Learner(recovered, archived, slots, settings, out);
    this.connectivity = new Connectivity(self, settings, random);
    this.bootstrap = new Bootstrap(self, recovered, out);
    this.bootstrapCheck = new BootstrapCheck(self, settings, out);
    long timeout = settings.electionTimeoutNanos();
    Ballot promised = acceptor.promised();
    this.electorate = new Electorate(self, connectivity, bootstrapCheck, promised, timeout);
    this.heartbeats = new Heartbeats(self, settings, connectivity, learner, out);
  }

  /** The view of the replica, of which its phase knows these. */
  View view(View.Role role, Ballot leader, View.Electorate voters, List<View.Peer> peers) {
    return new View(
        role,
        acceptor.promised(),
        leader,
        learner.chosenThrough(),
        Math.max(learner.chosenThrough(), learner.reported().through()),
        Math.max(learner.chosenIndex(), learner.reported().index()),
        freshness.freshAtNanos(),
        freshness.leaderReceivedAtNanos(),
        heartbeats.clocks().aheadMillis(),
        voters,
        peers);
  }
}
