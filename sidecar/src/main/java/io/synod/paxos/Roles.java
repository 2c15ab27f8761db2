package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Message;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The current role of this replica, and the transitions between roles. A transition discards the
 * object of the old role.
 */
final class Roles {
  private static final String UNFIT = "this node is not fit to lead";

  private final RoleContext roleContext;
  private final Acceptor acceptor;
  private final Learner learner;
  private final RandomGenerator random;
  private Role role;
  private boolean abstains;
  // When this node was last fit to lead.
  private long fitAtNanos;
  // The highest round that any node was seen to use; the next ballot is above it.
  private long roundSeen;

  /** Begins as a follower without a leader. */
  Roles(RoleContext roleContext, Acceptor acceptor, RandomGenerator random, long nowNanos) {
    this.roleContext = roleContext;
    this.acceptor = acceptor;
    this.learner = roleContext.learner();
    this.random = random;
    this.roundSeen = acceptor.roundSeen();
    this.fitAtNanos = nowNanos;
    this.role = new Follower(roleContext, nowNanos, electionDelay());
  }

  Role current() {
    return role;
  }

  /** The name of the role in a {@link View}. */
  View.Role name() {
    if (role instanceof Leader) {
      return View.Role.LEADER;
    }
    if (role instanceof Candidate) {
      return View.Role.CANDIDATE;
    }
    return roleContext.isVoter() ? View.Role.FOLLOWER : View.Role.LEARNER;
  }

  RoleContext roleContext() {
    return roleContext;
  }

  /** The leader on whose behalf this node may answer: itself only while a quorum answers it. */
  Ballot reportedLeader(long nowNanos) {
    boolean lost = role instanceof Leader leader && leader.hasLostQuorum(nowNanos);
    return lost ? Ballot.NONE : role.leader();
  }

  /**
   * The voters whose logs have no space, if because of them the leader chooses nothing: as this
   * node finds if it leads, and as the leader last reported otherwise.
   */
  List<Integer> fullVoters(long nowNanos) {
    if (role instanceof Leader) {
      return roleContext
          .connectivity()
          .fullVoters(roleContext.membership(), roleContext.self(), nowNanos);
    }
    return role instanceof Follower follower ? follower.fullVoters(nowNanos) : List.of();
  }

  /** The leader of {@code ballot} reported its {@link #fullVoters}. */
  void onFullVoters(Ballot ballot, List<Integer> fullVoters) {
    if (role instanceof Follower follower && follower.leader().equals(ballot)) {
      follower.onFullVoters(fullVoters);
    }
  }

  /**
   * The leader whose log time this node uses: NONE while it follows none, or is a leader that is
   * not settled yet.
   */
  Ballot timekeeper() {
    return role instanceof Leader leader && !leader.isSettled() ? Ballot.NONE : role.leader();
  }

  /** The transport reports the fate of messages. */
  void onTransportReport(Input input) {
    if (input instanceof Input.Dropped dropped) {
      learner.onDropped(dropped.to(), dropped.message());
      role.onDropped(dropped.to(), dropped.message());
    } else if (input instanceof Input.Reconnected reconnected) {
      learner.onReconnected(reconnected.peer());
      role.onReconnected(reconnected.peer());
    }
  }

  /**
   * The host of a peer refused a connection. Returns whether this node followed or awaited the
   * process that ended.
   */
  boolean refused(long nowNanos, int peer) {
    return role instanceof Follower follower && follower.refused(peer, nowNanos);
  }

  /** Whether the leader's process ended lately, so that a node is about to stand for election. */
  boolean expectsElection(long nowNanos) {
    return role instanceof Follower follower && follower.expectsElection(nowNanos);
  }

  /** Time passed: the role may end. */
  void tick(long nowNanos) {
    role.tick(nowNanos);
    boolean fit = isFit();
    fitAtNanos = fit ? nowNanos : fitAtNanos;
    if (role instanceof Leader leader && leader.hasLostQuorum(nowNanos)) {
      stepDown(nowNanos, "no quorum answers");
    } else if (role instanceof Leader leader && !fit) {
      handOver(leader, nowNanos);
    } else if (role instanceof Candidate candidate) {
      if (!fit) {
        stepDown(nowNanos, UNFIT);
      } else if (candidate.hasWon()) {
        becomeLeader(candidate, nowNanos);
      } else if (candidate.hasFailed(nowNanos)) {
        abandonElection(nowNanos);
      }
    } else if (role instanceof Follower follower && fit && follower.shouldStartElection(nowNanos)) {
      startElection(nowNanos, follower.electionReason(nowNanos));
    }
  }

  /**
   * A slot was learned to be chosen at a higher ballot. A leader or candidate below that ballot is
   * deposed even if it received no refusal: it must not announce this slot at its own ballot, at
   * which other nodes may have accepted another value.
   */
  void onLearned(long nowNanos) {
    Ballot above = learner.learnedBallot();
    roundSeen = Math.max(roundSeen, above.round());
    boolean candidateBelow = role instanceof Candidate candidate && above.above(candidate.ballot());
    boolean leaderBelow = role instanceof Leader leader && above.above(leader.leader());
    if (candidateBelow || leaderBelow) {
      stepDown(nowNanos, "slots were chosen at ballot " + above);
    }
  }

  /**
   * Sets whether this node must not lead: a leader hands over, and steps down if no other node
   * takes over.
   */
  void abstain(long nowNanos, boolean mustNotLead) {
    abstains = mustNotLead;
    if (abstains && role instanceof Candidate) {
      stepDown(nowNanos, UNFIT);
    }
  }

  /** Whether this node may lead: it does not abstain, and its disk votes, or did until now. */
  private boolean isFit() {
    return !abstains && !roleContext.isRemoved();
  }

  private void handOver(Leader leader, long nowNanos) {
    if (nowNanos - fitAtNanos > 2 * roleContext.settings().electionTimeoutNanos()) {
      stepDown(nowNanos, UNFIT);
    } else if (!leader.handOver().isUnderWay()) {
      leader.handOver().begin(0, nowNanos);
    }
  }

  /**
   * A snapshot took this node past slots for which it may have proposed values, and does not state
   * what was chosen there, nor at which ballot: a leader must not announce these slots at its own
   * ballot. A candidate has proposed nothing yet, and may have waited for this snapshot.
   */
  void onInstalled(long nowNanos, long slot) {
    if (role instanceof Leader) {
      stepDown(nowNanos, "a snapshot holds its slots up to " + slot);
    } else if (role instanceof Candidate candidate && candidate.hasWon()) {
      becomeLeader(candidate, nowNanos);
    }
  }

  /** A page of a promise arrived. */
  void onPromise(long nowNanos, Member voter, Message.Promise promise) {
    if (role instanceof Leader leader && leader.leader().equals(promise.ballot())) {
      leader.onPromise(voter, promise, nowNanos);
      onLearned(nowNanos);
    } else if (role instanceof Candidate candidate && candidate.ballot().equals(promise.ballot())) {
      candidate.onPromise(voter, promise, nowNanos);
      onLearned(nowNanos);
      if (role == candidate && candidate.hasWon()) {
        becomeLeader(candidate, nowNanos);
      }
    }
  }

  /** The leader requests that this node succeed it. */
  void onTakeOver(long nowNanos, Message.TakeOver takeOver) {
    Ballot ballot = takeOver.ballot();
    boolean abandoned =
        learner.reported().through() > takeOver.through()
            || acceptor.holds(ballot, takeOver.through() + 1);
    boolean follows = role instanceof Follower follower && follower.leader().equals(ballot);
    if (follows && roleContext.isVoter() && !abandoned && !abstains) {
      startElection(nowNanos, "the leader hands over");
    }
  }

  /** A voter refused a ballot, since it promised a higher one. */
  void onReject(long nowNanos, int from, Message.Reject reject) {
    if (!acceptor.isPlausible(reject.promised(), roundSeen)) {
      return;
    }
    roundSeen = Math.max(roundSeen, reject.promised().round());
    if (isOwn(reject.refused()) && reject.promised().above(reject.refused())) {
      roleContext.out().event(new Event.RefusalReceived(reject.refused(), reject.promised(), from));
      stepDown(nowNanos, "node " + from + " promised " + reject.promised());
    }
  }

  /** Another node leads with {@code ballot}, which is not below what was promised here. */
  void follow(long nowNanos, Ballot ballot) {
    yieldTo(nowNanos, ballot);
    if (role instanceof Follower follower) {
      follower.onLeaderMessage(ballot, nowNanos);
    }
  }

  /** Ends the role of this node if its ballot is lower. */
  void yieldTo(long nowNanos, Ballot ballot) {
    boolean candidateBelow =
        role instanceof Candidate candidate && ballot.above(candidate.ballot());
    boolean leaderBelow = role instanceof Leader leader && ballot.above(leader.leader());
    if (candidateBelow || leaderBelow) {
      stepDown(nowNanos, "ballot " + ballot + " is higher");
    }
    if (role instanceof Follower follower) {
      follower.yieldTo(ballot, nowNanos);
    }
  }

  /**
   * Whether {@code member} may use this ballot: it must be its own and not implausibly high. Notes
   * the highest round seen. A message of this node to itself from an earlier role is rejected too,
   * without a report.
   */
  boolean isValidBallot(Ballot ballot, Member member) {
    int from = member.node();
    boolean valid =
        ballot.owner().equals(member)
            && ballot.node() != roleContext.self().node()
            && acceptor.isPlausible(ballot, roundSeen);
    if (valid || isSelfSent(ballot, from)) {
      roundSeen = Math.max(roundSeen, ballot.round());
      return true;
    }
    if (from != roleContext.self().node()) {
      roleContext.out().event(new Event.Fenced(from, "a ballot that is not its own"));
    }
    return false;
  }

  private boolean isSelfSent(Ballot ballot, int from) {
    return from == roleContext.self().node() && isOwn(ballot);
  }

  private boolean isOwn(Ballot ballot) {
    return (role instanceof Candidate candidate && candidate.ballot().equals(ballot))
        || (role instanceof Leader leader && leader.leader().equals(ballot));
  }

  private void startElection(long nowNanos, String reason) {
    Check.that(roleContext.isVoter(), "only a voter stands for election");
    Check.that(isFit(), "a node that is not fit to lead does not stand");
    roundSeen++;
    Self self = roleContext.self();
    Ballot ballot = new Ballot(roundSeen, self.priority(), self.node(), self.incarnation());
    roleContext.out().event(new Event.ElectionStarted(ballot, reason));
    // The own promise is written now and sent like any other. The Prepares too are messages after
    // sync: they wait until the ballot is durable.
    acceptor.promiseOwn(ballot);
    Check.that(
        ballot.above(learner.learnedBallot()),
        "no candidate stands below a ballot at which a slot was chosen");
    role = new Candidate(roleContext, ballot, nowNanos);
  }

  private void becomeLeader(Candidate candidate, long nowNanos) {
    Ballot ballot = candidate.ballot();
    Check.that(acceptor.promised().equals(ballot), "a leader is bound to its own ballot");
    Check.that(!learner.learnedBallot().above(ballot), "nothing was chosen above a new leader");
    roleContext.out().event(new Event.Elected(candidate.ballot()));
    roleContext.out().event(new Event.LeaderChanged(candidate.ballot()));
    role = new Leader(roleContext, candidate, nowNanos);
  }

  /**
   * This candidate had its chance, and kept the others from standing meanwhile: before its next
   * attempt it waits until all others could stand, since they may have the slots that it lacks.
   */
  private void abandonElection(long nowNanos) {
    stepDown(nowNanos, "no quorum promised in time");
    long third = roleContext.settings().electionTimeoutNanos() / 3;
    role = new Follower(roleContext, nowNanos + third, electionDelay());
  }

  private void stepDown(long nowNanos, String reason) {
    Check.that(!(role instanceof Follower), "only a candidate or a leader gives a ballot up");
    boolean led = role instanceof Leader;
    Ballot ballot = role instanceof Candidate candidate ? candidate.ballot() : role.leader();
    roleContext.out().event(new Event.SteppedDown(ballot, led, reason));
    if (led) {
      roleContext.out().event(new Event.LeaderChanged(Ballot.NONE));
    }
    // The silence is already known; half a time-out remains for voters of higher priority.
    long since = nowNanos - roleContext.settings().electionTimeoutNanos() / 2;
    role = new Follower(roleContext, since, electionDelay());
  }

  private long electionDelay() {
    long third = Math.max(1, roleContext.settings().electionTimeoutNanos() / 3);
    return random.nextLong(third) + (roleContext.self().priority() > 0 ? 0 : third);
  }
}
