package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Message;

/**
 * A replica of a formed cluster, with a vote or without.
 *
 * <p>It validates and dispatches: it drops messages of another formation, compares their ballots
 * once, and passes each to the acceptor, the learner or the current role.
 */
final class FormedReplica implements ReplicaPhase {
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
  FormedReplica(ReplicaParts parts, Formation formation, long nowNanos) {
    this.parts = parts;
    this.out = parts.out;
    this.acceptor = parts.acceptor;
    this.learner = parts.learner;
    this.connectivity = parts.connectivity;
    this.heartbeats = parts.heartbeats;
    this.freshness = parts.freshness;
    this.formation = formation;
    this.roleContext = new RoleContext(parts.self, parts.settings, connectivity, learner, out);
    this.roles = new Roles(roleContext, acceptor, parts.random, nowNanos);
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
    heartbeats.clocks().advance(nowNanos, roleContext.membership(), roles.current());
  }

  @Override
  public void tick(long nowNanos) {
    heartbeats.setFrequent(roles.expectsElection(nowNanos));
    boolean due = heartbeats.isDue(nowNanos);
    roles.tick(nowNanos);
    if (due) {
      heartbeats.send(nowNanos, roles);
    }
    Role role = roles.current();
    Ballot followed = role instanceof Leader ? Ballot.NONE : role.leader();
    boolean eager = !roleContext.isVoter();
    catchUpAtNanos = learner.catchUp(nowNanos, eager, followed, connectivity);
  }

  @Override
  public void onInstalled(long nowNanos, long slot) {
    roles.onInstalled(nowNanos, slot);
    catchUpAtNanos = nowNanos;
  }

  @Override
  public void onInput(long nowNanos, Input input) {
    if (input instanceof Input.Propose propose) {
      roles.current().propose(propose.commands(), nowNanos);
    } else if (input instanceof Input.Read read) {
      roles.current().read(read.id(), nowNanos);
    } else if (input instanceof Input.HandOver handOver) {
      if (roles.current() instanceof Leader leader) {
        leader.handOver().begin(handOver.to(), nowNanos);
      }
    } else if (input instanceof Input.Abstain abstain) {
      roles.abstain(nowNanos, abstain.abstains());
    } else if (input instanceof Input.ConnectionRefused refused) {
      refused(nowNanos, refused.peer());
    } else {
      roles.onTransportReport(input);
    }
  }

  /**
   * The process of a peer ended. If it led, peers are informed at once that this node follows no
   * leader, since a candidate needs a quorum that follows none.
   */
  private void refused(long nowNanos, int peer) {
    connectivity.refused(peer);
    if (roles.refused(nowNanos, peer)) {
      heartbeats.send(nowNanos, roles);
    }
  }

  @Override
  public long endCycle(long nowNanos) {
    Role role = roles.current();
    if (role instanceof Leader leader) {
      // A quorum may have answered or elected this node in this turn.
      heartbeats.clocks().advance(nowNanos, roleContext.membership(), leader);
      leader.setTime(nowNanos);
      freshness.onLeaderMessage(nowNanos);
      confirmLeader(nowNanos);
      if (heartbeats.isUnannounced(leader)) { // Followers wait for a new leader's heartbeat.
        heartbeats.send(nowNanos, roles);
      }
    }
    role.endCycle();
    long wake = role.wakeAtNanos();
    return wake > nowNanos ? Math.min(catchUpAtNanos, wake) : catchUpAtNanos;
  }

  /** A settled leader knows everything that was chosen while a quorum still followed it. */
  private void confirmLeader(long nowNanos) {
    long at = heartbeats.followedAt(nowNanos, roles);
    long through = learner.chosenThrough();
    freshness.onConfirmation(at, through, through);
  }

  @Override
  public View view(long nowNanos) {
    Role role = roles.current();
    return parts.view(
        roles.name(),
        role.leader(),
        parts.electorate.view(roles, acceptor.promised(), nowNanos),
        connectivity.peers(nowNanos));
  }

  @Override
  public void onMessage(long nowNanos, Input.Received received) {
    boolean voter = roleContext.isVoter(received.member());
    parts.electorate.onMessage(nowNanos, received, voter);
    if (received.message() instanceof Message.Greeting greeting) {
      parts.bootstrap.onGreeting(received.from(), greeting);
    } else {
      dispatch(nowNanos, received);
    }
  }

  private void dispatch(long nowNanos, Input.Received received) {
    int from = received.from();
    if (received.formation() != formation.digest()) {
      out.event(new Event.Fenced(from, "of another formation"));
      return;
    }
    if (roles.current() instanceof Leader leader) {
      leader.onMessage(received.member());
    }
    Message message = received.message();
    if (message instanceof Message.Heartbeat heartbeat) {
      onHeartbeat(nowNanos, received.member(), heartbeat);
    } else if (message instanceof Message.HeartbeatAck ack) {
      onHeartbeatAck(nowNanos, received, ack);
    } else if (learner.tryHandle(nowNanos, from, message)) {
      roles.onLearned(nowNanos);
      catchUpAtNanos = nowNanos;
    } else if (message instanceof Message.Forward forward) {
      roles.current().onForward(forward);
    } else if (message instanceof Message.ReadAsk ask) {
      roles.current().onReadAsk(from, ask);
    } else if (message instanceof Message.ReadAnswer answer) {
      onReadAnswer(answer);
    } else {
      onProposerRequest(nowNanos, received.member(), message);
    }
  }

  private void onHeartbeatAck(long nowNanos, Input.Received received, Message.HeartbeatAck ack) {
    int from = received.from();
    learner.reported().observe(ack.chosenThrough(), ack.chosenIndex());
    Member member = received.member();
    boolean voter = roleContext.isVoter(member);
    long sentAtNanos = connectivity.onHeartbeatAck(nowNanos, member, ack);
    if (sentAtNanos == Long.MIN_VALUE) {
      return;
    }
    heartbeats.clocks().onHeartbeatAck(nowNanos, sentAtNanos, voter, roles.timekeeper(), ack);
    out.roundTrip(from, nowNanos - sentAtNanos);
    if (roles.current() instanceof Leader leader) {
      leader.onHeartbeatAck(member, ack.chosenThrough(), nowNanos);
    }
    if (ack.leading() && ack.quorumConnected()) {
      freshness.onConfirmation(
          sentAtNanos - ack.confirmedAgeNanos(), ack.chosenThrough(), learner.chosenThrough());
    }
  }

  private void onReadAnswer(Message.ReadAnswer answer) {
    if (answer.origin() == parts.self.node()) {
      out.read(answer.id(), answer.slot());
    } else if (parts.self.peers().contains(answer.origin())) {
      out.send(answer.origin(), answer);
    }
  }

  private void onHeartbeat(long nowNanos, Member member, Message.Heartbeat heartbeat) {
    int from = member.node();
    connectivity.onHeartbeat(from, heartbeat.chosenThrough());
    learner.reported().observe(heartbeat.chosenThrough(), heartbeat.chosenIndex());
    Ballot theirs = heartbeat.leader();
    if (heartbeat.leading() && heartbeat.quorumConnected() && roles.isValidBallot(theirs, member)) {
      if (acceptor.mayAccept(theirs)) {
        follow(nowNanos, theirs);
        roles.onFullVoters(theirs, heartbeat.fullVoters());
        learner.onAnnouncement(theirs, heartbeat.chosenThrough());
      } else {
        acceptor.reject(theirs, acceptor.promised());
      }
    }
    heartbeats.sendAck(nowNanos, from, heartbeat.id(), roles);
  }

  /**
   * A request of another member at a ballot of its own. An acceptor answers whoever requests
   * something: this node may not know yet that it, or the other, is a voter. Only votes and
   * promises of voters are counted.
   */
  private void onProposerRequest(long nowNanos, Member member, Message message) {
    int from = member.node();
    if (message instanceof Message.Prepare prepare) {
      if (roles.isValidBallot(prepare.ballot(), member)) {
        onPrepare(nowNanos, prepare);
      }
    } else if (message instanceof Message.Accept accept) {
      if (roles.isValidBallot(accept.ballot(), member)) {
        onAccept(nowNanos, accept);
      }
    } else if (message instanceof Message.Chosen chosen) {
      if (roles.isValidBallot(chosen.ballot(), member) && acceptor.mayAccept(chosen.ballot())) {
        follow(nowNanos, chosen.ballot());
        learner.onAnnouncement(chosen.ballot(), chosen.through());
        catchUpAtNanos = nowNanos;
      }
    } else if (message instanceof Message.ReadProbe probe) {
      if (acceptor.mayAccept(probe.ballot())) {
        out.send(from, new Message.ReadProbeAck(probe.ballot(), probe.round()));
      }
    } else if (message instanceof Message.TakeOver takeOver) {
      roles.onTakeOver(nowNanos, takeOver);
    } else {
      onAcceptorReply(nowNanos, member, message);
    }
  }

  /** An answer to a request at a ballot; answers to an earlier ballot of this node are ignored. */
  private void onAcceptorReply(long nowNanos, Member voter, Message message) {
    if (message instanceof Message.Promise promise) {
      roles.onPromise(nowNanos, voter, promise);
    } else if (message instanceof Message.Reject reject) {
      roles.onReject(nowNanos, voter.node(), reject);
    } else if (roles.current() instanceof Leader leader) {
      if (message instanceof Message.Accepted accepted) {
        if (leader.leader().equals(accepted.ballot()) && accepted.from() <= accepted.to()) {
          leader.onAccepted(voter, accepted, nowNanos);
        }
      } else if (message instanceof Message.ReadProbeAck ack
          && leader.leader().equals(ack.ballot())) {
        leader.onReadProbeAck(voter, ack.round(), nowNanos);
      }
    }
  }

  private void onPrepare(long nowNanos, Message.Prepare prepare) {
    if (acceptor.mayAccept(prepare.ballot()) && prepare.ballot().node() != parts.self.node()) {
      roles.yieldTo(nowNanos, prepare.ballot());
    }
    acceptor.onPrepare(prepare, learner.chosenThrough());
  }

  private void onAccept(long nowNanos, Message.Accept accept) {
    boolean mayAccept = acceptor.mayAccept(accept.ballot());
    if (mayAccept && accept.ballot().node() != parts.self.node()) {
      follow(nowNanos, accept.ballot());
    }
    acceptor.onAccept(accept, learner.chosenThrough());
    if (mayAccept) {
      learner.onAnnouncement(accept.ballot(), accept.chosenThrough());
    }
  }

  private void follow(long nowNanos, Ballot ballot) {
    freshness.onLeaderMessage(nowNanos);
    roles.follow(nowNanos, ballot);
  }
}
