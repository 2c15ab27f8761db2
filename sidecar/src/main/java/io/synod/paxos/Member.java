package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;

/**
 * A replica of a formed cluster, with a vote or without.
 *
 * <p>It validates and dispatches: it drops messages of another formation, compares their ballots
 * once, and passes each to the acceptor, the learner or the current role.
 */
final class Member implements ReplicaPhase {
  private final ReplicaParts parts;
  private final Outbox out;
  private final Acceptor acceptor;
  private final Learner learner;
  private final Connectivity connectivity;
  private final Heartbeats heartbeats;
  private final Freshness freshness;
  private final Formation formation;
  private final RoleContext roleContext;
  private final Roles roles;
  private long catchUpAtNanos = Long.MAX_VALUE;

  /** Begins as a follower that has no leader. */
  Member(ReplicaParts parts, Formation formation, long nowNanos) {
    this.parts = parts;
    this.out = parts.out;
    this.acceptor = parts.acceptor;
    this.learner = parts.learner;
    this.connectivity = parts.connectivity;
    this.heartbeats = parts.heartbeats;
    this.freshness = parts.freshness;
    this.formation = formation;
    this.roleContext = new RoleContext(parts.self, formation, parts.settings, connectivity, out);
    this.roles = new Roles(roleContext, acceptor, learner, parts.random, nowNanos);
  }

  /** Whether this node's disk is one of the voters. */
  boolean isVoter() {
    return roleContext.isVoter();
  }

  Role role() {
    return roles.current();
  }

  @Override
  public void readClocks(long nowNanos, Input.Tick tick) {
    heartbeats.clocks().read(nowNanos, tick);
    heartbeats.clocks().pass(nowNanos, formation, roles.current());
  }

  @Override
  public void tick(long nowNanos) {
    boolean due = heartbeats.isDue(nowNanos);
    roles.tick(nowNanos);
    if (due) {
      heartbeats.beat(nowNanos, roles);
    }
    int leader = roles.current().leader().node();
    boolean eager = !roleContext.isVoter();
    catchUpAtNanos = learner.catchUp(nowNanos, eager, leader, connectivity);
  }

  @Override
  public void installed(long nowNanos, long slot) {
    roles.installed(nowNanos, slot);
    catchUpAtNanos = nowNanos;
  }

  @Override
  public void handle(long nowNanos, Input input) {
    if (input instanceof Input.Propose propose) {
      roles.current().propose(propose.commands(), nowNanos);
    } else if (input instanceof Input.Read read) {
      roles.current().read(read.id(), nowNanos);
    } else if (input instanceof Input.HandOver handOver) {
      if (roles.current() instanceof Leader leader) {
        leader.handOver().begin(handOver.to(), nowNanos);
      }
    } else if (input instanceof Input.Abstain word) {
      roles.abstain(nowNanos, word.abstains());
    } else {
      roles.carried(input);
    }
  }

  @Override
  public long close(long nowNanos) {
    Role role = roles.current();
    if (role instanceof Leader leader) {
      // A quorum may have answered or elected this node in this turn.
      heartbeats.clocks().pass(nowNanos, formation, leader);
      leader.setTime(nowNanos);
      freshness.heard(nowNanos);
      confirmLeader(nowNanos);
      if (heartbeats.isUntold(leader)) { // Followers wait for a new leader's heartbeat.
        heartbeats.beat(nowNanos, roles);
      }
    }
    role.close();
    long wake = role.wakeAtNanos();
    return wake > nowNanos ? Math.min(catchUpAtNanos, wake) : catchUpAtNanos;
  }

  /** A settled leader knows everything that was chosen while a quorum still followed it. */
  private void confirmLeader(long nowNanos) {
    long at = heartbeats.followedAt(nowNanos, roles);
    long through = learner.chosenThrough();
    freshness.confirmed(at, through, through);
  }

  @Override
  public View view(long nowNanos) {
    Role role = roles.current();
    return parts.view(
        roles.name(),
        role.leader(),
        parts.electorate.view(formation, role, acceptor.promised(), nowNanos),
        connectivity.peers(nowNanos));
  }

  @Override
  public void received(long nowNanos, Input.Received received) {
    boolean voter = formation.isVoter(received.from(), received.incarnation());
    parts.electorate.heard(nowNanos, received, voter);
    if (received.message() instanceof Message.Greeting greeting) {
      parts.bootstrap.greeted(received.from(), greeting);
    } else {
      receive(nowNanos, received);
    }
  }

  private void receive(long nowNanos, Input.Received received) {
    int from = received.from();
    if (received.formation() != formation.digest()) {
      out.event(new Event.Fenced(from, "of another formation"));
      return;
    }
    Message message = received.message();
    if (message instanceof Message.Heartbeat heartbeat) {
      heartbeat(nowNanos, from, heartbeat);
    } else if (message instanceof Message.HeartbeatAck ack) {
      acked(nowNanos, received, ack);
    } else if (learner.takes(nowNanos, from, message)) {
      roles.learned(nowNanos);
      catchUpAtNanos = nowNanos;
    } else if (message instanceof Message.Forward forward) {
      roles.current().forwarded(forward);
    } else if (message instanceof Message.ReadAsk ask) {
      roles.current().asked(from, ask);
    } else if (message instanceof Message.ReadAnswer answer) {
      readAnswered(answer);
    } else if (formation.isVoter(from, received.incarnation())) {
      asked(nowNanos, from, message);
    } else {
      out.event(new Event.Fenced(from, "not a voter of this formation"));
    }
  }

  private void acked(long nowNanos, Input.Received received, Message.HeartbeatAck ack) {
    int from = received.from();
    learner.hear(ack.chosenThrough(), ack.chosenIndex());
    boolean voter = formation.isVoter(from, received.incarnation());
    long sentAtNanos = connectivity.acked(nowNanos, from, voter, ack);
    if (sentAtNanos == Long.MIN_VALUE) {
      return;
    }
    heartbeats.clocks().acked(nowNanos, sentAtNanos, voter, roles.timekeeper(), ack);
    out.roundTrip(from, nowNanos - sentAtNanos);
    if (ack.leading() && ack.quorumConnected()) {
      freshness.confirmed(
          sentAtNanos - ack.confirmedAgeNanos(), ack.chosenThrough(), learner.chosenThrough());
    }
  }

  private void readAnswered(Message.ReadAnswer answer) {
    if (answer.origin() == parts.self.node()) {
      out.read(answer.id(), answer.slot());
    } else if (parts.self.peers().contains(answer.origin())) {
      out.say(answer.origin(), answer);
    }
  }

  private void heartbeat(long nowNanos, int from, Message.Heartbeat beat) {
    connectivity.heard(from, beat.chosenThrough());
    learner.hear(beat.chosenThrough(), beat.chosenIndex());
    Ballot theirs = beat.leader();
    if (beat.leading() && beat.quorumConnected() && roles.isCredible(theirs, from)) {
      if (acceptor.standsBy(theirs)) {
        follow(nowNanos, theirs);
        learner.believe(theirs, beat.chosenThrough());
      } else {
        acceptor.refuse(theirs, acceptor.promised());
      }
    }
    heartbeats.answer(nowNanos, from, beat.id(), roles);
  }

  /** A request of a voter at a ballot of its own. */
  private void asked(long nowNanos, int from, Message message) {
    if (message instanceof Message.Prepare prepare) {
      if (roles.isCredible(prepare.ballot(), from)) {
        prepare(nowNanos, prepare);
      }
    } else if (message instanceof Message.Accept accept) {
      if (roles.isCredible(accept.ballot(), from)) {
        accept(nowNanos, accept);
      }
    } else if (message instanceof Message.Chosen chosen) {
      if (roles.isCredible(chosen.ballot(), from) && acceptor.standsBy(chosen.ballot())) {
        follow(nowNanos, chosen.ballot());
        learner.believe(chosen.ballot(), chosen.through());
        catchUpAtNanos = nowNanos;
      }
    } else if (message instanceof Message.ReadProbe probe) {
      if (roleContext.isVoter() && acceptor.standsBy(probe.ballot())) {
        out.say(from, new Message.ReadProbeAck(probe.ballot(), probe.round()));
      }
    } else if (message instanceof Message.TakeOver takeOver) {
      roles.takeOver(nowNanos, takeOver);
    } else {
      answered(nowNanos, from, message);
    }
  }

  /** An answer of a voter; answers to an earlier ballot of this node are ignored. */
  private void answered(long nowNanos, int from, Message message) {
    if (message instanceof Message.Promise promise) {
      roles.promised(nowNanos, from, promise);
    } else if (message instanceof Message.Reject reject) {
      roles.rejected(nowNanos, from, reject);
    } else if (roles.current() instanceof Leader leader) {
      if (message instanceof Message.Accepted accepted) {
        if (leader.leader().equals(accepted.ballot()) && accepted.from() <= accepted.to()) {
          leader.accepted(from, accepted, nowNanos);
        }
      } else if (message instanceof Message.ReadProbeAck ack
          && leader.leader().equals(ack.ballot())) {
        leader.probeAcked(from, ack.round(), nowNanos);
      }
    }
  }

  private void prepare(long nowNanos, Message.Prepare prepare) {
    if (acceptor.standsBy(prepare.ballot()) && prepare.ballot().node() != parts.self.node()) {
      roles.yieldTo(nowNanos, prepare.ballot());
    }
    if (roleContext.isVoter()) {
      acceptor.prepare(prepare, learner.chosenThrough());
    }
  }

  private void accept(long nowNanos, Message.Accept accept) {
    boolean standing = acceptor.standsBy(accept.ballot());
    if (standing && accept.ballot().node() != parts.self.node()) {
      follow(nowNanos, accept.ballot());
    }
    if (roleContext.isVoter()) {
      acceptor.accept(accept, learner.chosenThrough());
    }
    if (standing) {
      learner.believe(accept.ballot(), accept.chosenThrough());
    }
  }

  private void follow(long nowNanos, Ballot ballot) {
    freshness.heard(nowNanos);
    roles.follow(nowNanos, ballot);
  }
}
