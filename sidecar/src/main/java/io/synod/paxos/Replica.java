package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Recovered;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node of the cluster as a deterministic state machine: call {@link #step} for each input, then
 * {@link #drain} once.
 *
 * <p>This class validates and dispatches: it drops messages of another cluster or disk, compares
 * their ballots once, and passes each to the acceptor, the learner or the current role.
 */
public final class Replica {
  private final Self self;
  private final Settings settings;
  private final RandomGenerator random;
  private final Outbox out = new Outbox();
  private final Slots slots;
  private final Acceptor acceptor;
  private final Learner learner;
  private final Connectivity connectivity;
  private final Bootstrap bootstrap;
  private final BootstrapCheck bootstrapCheck;
  private final Electorate electorate;
  private final Heartbeats heartbeats;
  private final Freshness freshness = new Freshness();
  // Null until the cluster is formed.
  private @Nullable Roles roles;
  private long catchUpAtNanos = Long.MAX_VALUE;

  /**
   * Creates a replica from the durable state of its disk.
   *
   * @param random only determines random delays; seed it to reproduce a run
   * @param logTimeMillis the log time of the last archived slot
   */
  public Replica(
      Self self,
      Settings settings,
      RandomGenerator random,
      Recovered recovered,
      long logTimeMillis) {
    this.self = self;
    this.settings = settings;
    this.random = random;
    this.slots = new Slots(recovered.archivedThrough());
    this.acceptor = new Acceptor(self.node(), recovered, slots, settings, out);
    this.learner = new Learner(recovered, slots, settings, out, logTimeMillis);
    this.connectivity = new Connectivity(self, settings, random);
    this.bootstrap = new Bootstrap(self, recovered, out);
    this.bootstrapCheck = new BootstrapCheck(self, settings, out);
    long timeout = settings.electionTimeoutNanos();
    Ballot promised = acceptor.promised();
    this.electorate = new Electorate(self, connectivity, bootstrapCheck, promised, timeout);
    this.heartbeats = new Heartbeats(self, settings, connectivity, learner, out);
  }

  /** Handles one input at this monotonic time. */
  public void step(long nowNanos, Input input) {
    Roles playing = roles;
    if (input instanceof Input.Tick tick) {
      heartbeats.clocks().tick(nowNanos, tick, playing);
      tick(nowNanos);
    } else if (input instanceof Input.Received received) {
      electorate.heard(nowNanos, received, playing);
      if (received.message() instanceof Message.Greeting greeting) {
        bootstrap.greeted(received.from(), greeting);
        form(nowNanos);
        if (roles == null) {
          bootstrapCheck.greeted(nowNanos, received.from(), greeting);
        }
      } else if (playing != null) {
        receive(nowNanos, received, playing);
      }
    } else if (input instanceof Input.Propose propose) {
      if (playing == null) {
        out.unplaced(propose.commands());
      } else {
        playing.current().propose(propose.commands(), nowNanos);
      }
    } else if (input instanceof Input.Read read && playing != null) {
      playing.current().read(read.id(), nowNanos);
    } else if (input instanceof Input.Installed installed) {
      installed(nowNanos, installed);
    } else if (input instanceof Input.HandOver handOver
        && playing != null
        && playing.current() instanceof Leader leader) {
      leader.handOver(handOver.to(), nowNanos);
    } else if (input instanceof Input.Full word) {
      connectivity.full(word.full());
    } else if (input instanceof Input.Abstain word && playing != null) {
      playing.abstain(nowNanos, word.abstains());
    } else if (playing != null) {
      playing.carried(input);
    }
  }

  /** Ends the cycle: returns the outputs of the inputs since the last call. */
  public Output drain(long nowNanos) {
    long wake = Math.min(heartbeats.nextNanos(), catchUpAtNanos);
    if (roles != null) {
      Role role = roles.current();
      if (role instanceof Leader leader) {
        // A quorum may have answered or elected this node in this turn.
        heartbeats.clocks().pass(nowNanos, roles);
        leader.setTime(nowNanos);
        freshness.heard(nowNanos);
        confirmLeader(nowNanos, roles);
        if (heartbeats.isUntold(leader)) { // Followers wait for a new leader's first heartbeat.
          heartbeats.beat(nowNanos, roles);
        }
      }
      role.close();
      wake = role.wakeAtNanos() > nowNanos ? Math.min(wake, role.wakeAtNanos()) : wake;
    }
    acceptor.flush();
    freshness.learned(learner.chosenThrough());
    return out.drain(Math.max(wake, nowNanos + 1));
  }

  /** The log time of a batch made now; a lower bound of it while this replica does not lead. */
  public long logTimeMillis() {
    return learner.logTime().millis();
  }

  /** The view of this replica now, for observers. */
  public View view(long nowNanos) {
    Roles playing = roles;
    return new View(
        playing == null ? View.Role.FORMING : playing.name(),
        acceptor.promised(),
        playing == null ? Ballot.NONE : playing.current().leader(),
        learner.chosenThrough(),
        Math.max(learner.chosenThrough(), learner.heardThrough()),
        learner.heardIndex(),
        freshness.freshAtNanos(),
        freshness.heardAtNanos(),
        heartbeats.clocks().aheadMillis(),
        electorate.view(playing, acceptor.promised(), nowNanos),
        electorate.peers(playing != null, nowNanos));
  }

  /** The current role; null until the cluster is formed. */
  @Nullable Role role() {
    return roles == null ? null : roles.current();
  }

  /** The slots in memory. */
  Slots slots() {
    return slots;
  }

  /** The learner of this replica. */
  Learner learner() {
    return learner;
  }

  private void tick(long nowNanos) {
    slots.trim(learner.chosenThrough(), settings.recentBytesMax());
    form(nowNanos);
    boolean due = heartbeats.isDue(nowNanos);
    Roles playing = roles;
    if (playing != null) {
      playing.tick(nowNanos);
      if (due) {
        heartbeats.beat(nowNanos, playing);
      }
      boolean eager = !playing.roleContext().isVoter();
      int leader = playing.current().leader().node();
      catchUpAtNanos = learner.catchUp(nowNanos, eager, leader, connectivity);
    } else if (due) {
      heartbeats.skip(nowNanos);
      bootstrap.beat();
      form(nowNanos);
      bootstrapCheck.look(nowNanos, bootstrap.greeting());
    }
  }

  private void form(long nowNanos) {
    Formation formation = bootstrap.formation();
    if (roles == null && formation != null) {
      RoleContext roleContext = new RoleContext(self, formation, settings, connectivity, out);
      roles = new Roles(roleContext, acceptor, learner, random, nowNanos);
      out.event(new Event.Formed(formation, roleContext.isVoter()));
    }
  }

  /** A settled leader knows everything that was chosen while a quorum still followed it. */
  private void confirmLeader(long nowNanos, Roles playing) {
    long at = heartbeats.followedAt(nowNanos, playing);
    freshness.confirmed(at, learner.chosenThrough(), learner.chosenThrough());
  }

  private void installed(long nowNanos, Input.Installed installed) {
    if (installed.slot() > learner.chosenThrough()) {
      learner.installed(installed);
      if (roles != null) {
        roles.installed(nowNanos, installed.slot());
      }
      catchUpAtNanos = nowNanos;
    }
  }

  private void receive(long nowNanos, Input.Received received, Roles playing) {
    int from = received.from();
    Formation formation = playing.roleContext().formation();
    if (received.formation() != formation.digest()) {
      out.event(new Event.Fenced(from, "of another formation"));
      return;
    }
    Message message = received.message();
    if (message instanceof Message.Heartbeat heartbeat) {
      heartbeat(nowNanos, from, heartbeat, playing);
    } else if (message instanceof Message.HeartbeatAck ack) {
      acked(nowNanos, received, ack, playing);
    } else if (learner.takes(nowNanos, from, message)) {
      playing.learned(nowNanos);
      catchUpAtNanos = nowNanos;
    } else if (message instanceof Message.Forward forward) {
      playing.current().forwarded(forward);
    } else if (message instanceof Message.ReadAsk ask) {
      playing.current().asked(from, ask);
    } else if (message instanceof Message.ReadAnswer answer) {
      readAnswered(answer);
    } else if (formation.isVoter(from, received.incarnation())) {
      asked(nowNanos, from, message, playing);
    } else {
      out.event(new Event.Fenced(from, "not a voter of this formation"));
    }
  }

  private void acked(
      long nowNanos, Input.Received received, Message.HeartbeatAck ack, Roles playing) {
    int from = received.from();
    learner.hear(ack.chosenThrough(), ack.chosenIndex());
    boolean voter = playing.roleContext().formation().isVoter(from, received.incarnation());
    long sentAtNanos = connectivity.acked(nowNanos, from, voter, ack);
    if (sentAtNanos == Long.MIN_VALUE) {
      return;
    }
    heartbeats.clocks().acked(nowNanos, sentAtNanos, voter, playing.timekeeper(), ack);
    out.roundTrip(from, nowNanos - sentAtNanos);
    if (ack.leading() && ack.quorumConnected()) {
      freshness.confirmed(
          sentAtNanos - ack.confirmedAgeNanos(), ack.chosenThrough(), learner.chosenThrough());
    }
  }

  private void readAnswered(Message.ReadAnswer answer) {
    if (answer.origin() == self.node()) {
      out.read(answer.id(), answer.slot());
    } else if (self.peers().contains(answer.origin())) {
      out.say(answer.origin(), answer);
    }
  }

  private void heartbeat(long nowNanos, int from, Message.Heartbeat beat, Roles playing) {
    connectivity.heard(from, beat.chosenThrough());
    learner.hear(beat.chosenThrough(), beat.chosenIndex());
    Ballot theirs = beat.leader();
    if (beat.leading() && beat.quorumConnected() && playing.isCredible(theirs, from)) {
      if (acceptor.standsBy(theirs)) {
        follow(nowNanos, theirs, playing);
        learner.believe(theirs, beat.chosenThrough());
      } else {
        acceptor.refuse(theirs, acceptor.promised());
      }
    }
    heartbeats.answer(nowNanos, from, beat.id(), playing);
  }

  /** A request of a voter at a ballot of its own. */
  private void asked(long nowNanos, int from, Message message, Roles playing) {
    if (message instanceof Message.Prepare prepare) {
      if (playing.isCredible(prepare.ballot(), from)) {
        prepare(nowNanos, prepare, playing);
      }
    } else if (message instanceof Message.Accept accept) {
      if (playing.isCredible(accept.ballot(), from)) {
        accept(nowNanos, accept, playing);
      }
    } else if (message instanceof Message.Chosen chosen) {
      if (playing.isCredible(chosen.ballot(), from) && acceptor.standsBy(chosen.ballot())) {
        follow(nowNanos, chosen.ballot(), playing);
        learner.believe(chosen.ballot(), chosen.through());
        catchUpAtNanos = nowNanos;
      }
    } else if (message instanceof Message.ReadProbe probe) {
      if (playing.roleContext().isVoter() && acceptor.standsBy(probe.ballot())) {
        out.say(from, new Message.ReadProbeAck(probe.ballot(), probe.round()));
      }
    } else if (message instanceof Message.TakeOver takeOver) {
      playing.takeOver(nowNanos, takeOver);
    } else {
      answered(nowNanos, from, message, playing);
    }
  }

  /** An answer of a voter; answers to an earlier ballot of this node are ignored. */
  private void answered(long nowNanos, int from, Message message, Roles playing) {
    if (message instanceof Message.Promise promise) {
      playing.promised(nowNanos, from, promise);
    } else if (message instanceof Message.Reject reject) {
      playing.rejected(nowNanos, from, reject);
    } else if (playing.current() instanceof Leader leader) {
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

  private void prepare(long nowNanos, Message.Prepare prepare, Roles playing) {
    if (acceptor.standsBy(prepare.ballot()) && prepare.ballot().node() != self.node()) {
      playing.yieldTo(nowNanos, prepare.ballot());
    }
    if (playing.roleContext().isVoter()) {
      acceptor.prepare(prepare, learner.chosenThrough());
    }
  }

  private void accept(long nowNanos, Message.Accept accept, Roles playing) {
    boolean standing = acceptor.standsBy(accept.ballot());
    if (standing && accept.ballot().node() != self.node()) {
      follow(nowNanos, accept.ballot(), playing);
    }
    if (playing.roleContext().isVoter()) {
      acceptor.accept(accept, learner.chosenThrough());
    }
    if (standing) {
      learner.believe(accept.ballot(), accept.chosenThrough());
    }
  }

  private void follow(long nowNanos, Ballot ballot, Roles playing) {
    freshness.heard(nowNanos);
    playing.follow(nowNanos, ballot);
  }
}
