package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import java.util.random.RandomGenerator;

/**
 * The role this replica plays now, and how one follows another. Leaving a role is forgetting its
 * object.
 */
final class Roles {
  private static final String UNFIT = "this node is not fit to lead";

  private final RoleContext roleContext;
  private final Acceptor acceptor;
  private final Learner learner;
  private final RandomGenerator random;
  private Role role;
  // Whether this node may not lead, and since when.
  private boolean abstains;
  private long abstainedAtNanos;
  // The highest round anybody was heard to use; the next ballot is above it.
  private long roundSeen;

  /** Begins as a follower that hears nobody. */
  Roles(
      RoleContext roleContext,
      Acceptor acceptor,
      Learner learner,
      RandomGenerator random,
      long nowNanos) {
    this.roleContext = roleContext;
    this.acceptor = acceptor;
    this.learner = learner;
    this.random = random;
    this.roundSeen = acceptor.roundSeen();
    this.role = new Follower(roleContext, nowNanos, standOff());
  }

  Role current() {
    return role;
  }

  /** What it is called by those who watch. */
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

  /** The leader this node may still answer for: its own only while a quorum answers it. */
  Ballot leaderHeard(long nowNanos) {
    boolean lost = role instanceof Leader leader && leader.hasLostQuorum(nowNanos);
    return lost ? Ballot.NONE : role.leader();
  }

  /**
   * The leader whose log time is that of this node: none while no leader is heard, or this node is
   * one that is not settled yet.
   */
  Ballot timekeeper() {
    return role instanceof Leader leader && !leader.isSettled() ? Ballot.NONE : role.leader();
  }

  /** The transport tells what became of messages. */
  void carried(Input input) {
    if (input instanceof Input.Dropped dropped) {
      learner.dropped(dropped.to(), dropped.message());
      role.dropped(dropped.to(), dropped.message());
    } else if (input instanceof Input.Reconnected reconnected) {
      learner.reconnected(reconnected.peer());
      role.reconnected(reconnected.peer());
    }
  }

  /** Time passed: the role may have run its course. */
  void tick(long nowNanos) {
    role.tick(nowNanos);
    if (role instanceof Leader leader && leader.hasLostQuorum(nowNanos)) {
      stepDown(nowNanos, "no quorum answers");
    } else if (role instanceof Leader leader && abstains) {
      handOver(leader, nowNanos);
    } else if (role instanceof Candidate candidate) {
      if (candidate.hasWon()) {
        lead(candidate, nowNanos);
      } else if (candidate.hasFailed(nowNanos)) {
        giveUp(nowNanos);
      }
    } else if (role instanceof Follower follower && !abstains && follower.shouldStand(nowNanos)) {
      long silenceMillis = follower.silenceNanos(nowNanos) / 1_000_000;
      stand(nowNanos, "no leader heard for " + silenceMillis + " ms");
    }
  }

  /**
   * Something chosen at a higher ballot was learned. Whoever leads or stands below it is deposed,
   * without having been told: what it now knows to be chosen it must not announce in the name of
   * its own ballot, at which others may have accepted another value.
   */
  void learned(long nowNanos) {
    Ballot above = learner.learnedAt();
    roundSeen = Math.max(roundSeen, above.round());
    boolean standing = role instanceof Candidate candidate && above.above(candidate.ballot());
    boolean leading = role instanceof Leader leader && above.above(leader.leader());
    if (standing || leading) {
      stepDown(nowNanos, "slots were chosen at ballot " + above);
    }
  }

  /** Whether this node shall not lead: who leads hands over, and goes if nobody takes it. */
  void abstain(long nowNanos, boolean shall) {
    abstainedAtNanos = abstains ? abstainedAtNanos : nowNanos;
    abstains = shall;
    if (abstains && role instanceof Candidate) {
      stepDown(nowNanos, UNFIT);
    }
  }

  private void handOver(Leader leader, long nowNanos) {
    if (nowNanos - abstainedAtNanos > 2 * roleContext.settings().electionTimeoutNanos()) {
      stepDown(nowNanos, UNFIT);
    } else if (!leader.isGoing()) {
      leader.handOver(0, nowNanos);
    }
  }

  /**
   * A snapshot took this node past slots that it may have proposed for, and does not say what was
   * chosen there, nor at which ballot: a leader must not announce them in the name of its own. A
   * candidate has proposed nothing yet, and may have waited for just this.
   */
  void installed(long nowNanos, long slot) {
    if (role instanceof Leader) {
      stepDown(nowNanos, "a snapshot holds its slots up to " + slot);
    } else if (role instanceof Candidate candidate && candidate.hasWon()) {
      lead(candidate, nowNanos);
    }
  }

  /** A page of a promise arrived. */
  void promised(long nowNanos, int from, Message.Promise promise) {
    if (role instanceof Candidate candidate && candidate.ballot().equals(promise.ballot())) {
      candidate.promised(from, promise, nowNanos);
      learned(nowNanos);
      if (role == candidate && candidate.hasWon()) {
        lead(candidate, nowNanos);
      }
    }
  }

  /** The leader asks this node to follow it in office. */
  void takeOver(long nowNanos, Message.TakeOver asked) {
    Ballot ballot = asked.ballot();
    boolean wentOn =
        learner.heardThrough() > asked.through() || acceptor.holds(ballot, asked.through() + 1);
    boolean follows = role instanceof Follower follower && follower.leader().equals(ballot);
    if (follows && roleContext.isVoter() && !wentOn && !abstains) {
      stand(nowNanos, "the leader hands over");
    }
  }

  /** A voter refused a ballot, being bound to a higher one. */
  void rejected(long nowNanos, int from, Message.Reject reject) {
    if (!acceptor.isPlausible(reject.promised(), roundSeen)) {
      return;
    }
    roundSeen = Math.max(roundSeen, reject.promised().round());
    if (isOwn(reject.refused()) && reject.promised().above(reject.refused())) {
      roleContext.out().event(new Event.RefusalReceived(reject.refused(), reject.promised(), from));
      stepDown(nowNanos, "node " + from + " promised " + reject.promised());
    }
  }

  /** Somebody else leads with {@code ballot}, which is not below what was promised here. */
  void follow(long nowNanos, Ballot ballot) {
    yieldTo(nowNanos, ballot);
    if (role instanceof Follower follower) {
      follower.hear(ballot, nowNanos);
    }
  }

  /** Whatever this node does at a lower ballot ends. */
  void yieldTo(long nowNanos, Ballot ballot) {
    boolean standing = role instanceof Candidate candidate && ballot.above(candidate.ballot());
    boolean leading = role instanceof Leader leader && ballot.above(leader.leader());
    if (standing || leading) {
      stepDown(nowNanos, "ballot " + ballot + " is higher");
    }
    if (role instanceof Follower follower) {
      follower.yieldTo(ballot, nowNanos);
    }
  }

  /**
   * Whether {@code from} may use this ballot: its own, of a voter's disk, and not further ahead
   * than anybody can have counted. Remembers how high ballots go. What this node said to itself in
   * a role that it has left is not credible any more, and nobody's fault.
   */
  boolean isCredible(Ballot ballot, int from) {
    boolean credible =
        ballot.node() == from
            && ballot.node() != roleContext.self().node()
            && roleContext.formation().isVoter(ballot.node(), ballot.incarnation())
            && acceptor.isPlausible(ballot, roundSeen);
    if (credible || isMine(ballot, from)) {
      roundSeen = Math.max(roundSeen, ballot.round());
      return true;
    }
    if (from != roleContext.self().node()) {
      roleContext.out().event(new Event.Fenced(from, "a ballot that is not its own"));
    }
    return false;
  }

  private boolean isMine(Ballot ballot, int from) {
    return from == roleContext.self().node() && isOwn(ballot);
  }

  private boolean isOwn(Ballot ballot) {
    return (role instanceof Candidate candidate && candidate.ballot().equals(ballot))
        || (role instanceof Leader leader && leader.leader().equals(ballot));
  }

  private void stand(long nowNanos, String reason) {
    Check.that(roleContext.isVoter(), "only a voter stands for election");
    Check.that(!abstains, "a node that is not fit to lead does not stand");
    roundSeen++;
    Self self = roleContext.self();
    Ballot ballot = new Ballot(roundSeen, self.priority(), self.node(), self.incarnation());
    roleContext.out().event(new Event.ElectionStarted(ballot, reason));
    // The own promise is written now and vowed like any other. The Prepares are vows too: they
    // wait until the ballot is synced.
    acceptor.bind(ballot);
    Check.that(ballot.above(learner.learnedAt()), "nobody stands below what is known to be chosen");
    role = new Candidate(roleContext, ballot, learner, nowNanos);
  }

  private void lead(Candidate candidate, long nowNanos) {
    Ballot ballot = candidate.ballot();
    Check.that(acceptor.promised().equals(ballot), "a leader is bound to its own ballot");
    Check.that(!learner.learnedAt().above(ballot), "nothing was chosen above a new leader");
    roleContext.out().event(new Event.Elected(candidate.ballot()));
    roleContext.out().event(new Event.LeaderChanged(candidate.ballot()));
    role = new Leader(roleContext, candidate, learner, nowNanos);
  }

  /**
   * It had its chance, and kept everybody from standing meanwhile: before the next one it waits
   * until all others have had theirs, for what it lacks may be just what they have.
   */
  private void giveUp(long nowNanos) {
    stepDown(nowNanos, "no quorum promised in time");
    long third = roleContext.settings().electionTimeoutNanos() / 3;
    role = new Follower(roleContext, nowNanos + third, standOff());
  }

  private void stepDown(long nowNanos, String reason) {
    Check.that(!(role instanceof Follower), "only a candidate or a leader gives a ballot up");
    boolean led = role instanceof Leader;
    Ballot ballot = role instanceof Candidate candidate ? candidate.ballot() : role.leader();
    roleContext.out().event(new Event.SteppedDown(ballot, led, reason));
    if (led) {
      roleContext.out().event(new Event.LeaderChanged(Ballot.NONE));
    }
    // The silence is already known; half a time-out is for whoever was preferred.
    long since = nowNanos - roleContext.settings().electionTimeoutNanos() / 2;
    role = new Follower(roleContext, since, standOff());
  }

  private long standOff() {
    long third = Math.max(1, roleContext.settings().electionTimeoutNanos() / 3);
    return random.nextLong(third) + (roleContext.self().priority() > 0 ? 0 : third);
  }
}
