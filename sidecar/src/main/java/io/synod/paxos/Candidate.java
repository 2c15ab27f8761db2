package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Message;
import java.util.List;

/**
 * The candidate role: requests a quorum's {@link Promises} of its ballot [PMS §2.2 phase 1].
 *
 * <p>One phase 1 covers the whole open suffix of the log, and a quorum of every membership that
 * governs a part of it, as far as this node knows.
 *
 * <p>All that may take longer than an election time-out: a candidate continues while it makes
 * progress, which is a page or a slot below a floor. Both are finite, so it cannot continue for
 * ever.
 */
final class Candidate implements Role {
  private final RoleContext roleContext;
  private final Ballot ballot;
  private final Learner learner;
  private final Promises promises;
  private long learnedThrough;
  private long progressAtNanos;

  Candidate(RoleContext roleContext, Ballot ballot, long nowNanos) {
    this.roleContext = roleContext;
    this.ballot = ballot;
    this.learner = roleContext.learner();
    this.progressAtNanos = nowNanos;
    this.learnedThrough = learner.chosenThrough();
    this.promises = new Promises(roleContext, ballot);
    promises.request(learner.chosenThrough() + 1, nowNanos);
  }

  Ballot ballot() {
    return ballot;
  }

  /** What the voters promised. */
  Promises promises() {
    return promises;
  }

  @Override
  public Ballot leader() {
    return Ballot.NONE;
  }

  /** Takes a page of a voter's promise. */
  void onPromise(Member voter, Message.Promise promise, long nowNanos) {
    if (promises.onPromise(voter, promise, nowNanos)) {
      progressAtNanos = nowNanos;
    }
  }

  /** Whether a quorum promised and every slot is known that their answers leave out as chosen. */
  boolean hasWon() {
    return learner.chosenThrough() >= promises.floor() && promises.isComplete();
  }

  /** Whether the candidate must give up, so that another voter can stand. */
  boolean hasFailed(long nowNanos) {
    return nowNanos - progressAtNanos > roleContext.settings().electionTimeoutNanos();
  }

  @Override
  public void propose(List<Command> commands, long nowNanos) {
    roleContext.out().unplaced(commands);
  }

  @Override
  public void onForward(Message.Forward forward) {}

  @Override
  public void read(long id, long nowNanos) {}

  @Override
  public void onReadAsk(int via, Message.ReadAsk ask) {}

  @Override
  public void tick(long nowNanos) {
    if (learnedThrough < promises.floor() && learner.chosenThrough() > learnedThrough) {
      progressAtNanos = nowNanos;
    }
    learnedThrough = learner.chosenThrough();
    // It may have learned of a membership since.
    promises.request(learner.chosenThrough() + 1, nowNanos);
    promises.tick(nowNanos);
  }

  @Override
  public void onDropped(int to, Message message) {
    promises.onDropped(to, message);
  }

  @Override
  public void onReconnected(int peer) {
    promises.onReconnected(peer);
  }

  @Override
  public void endCycle() {}

  @Override
  public long wakeAtNanos() {
    long failsAtNanos = progressAtNanos + roleContext.settings().electionTimeoutNanos() + 1;
    return Math.min(failsAtNanos, promises.dueNanos());
  }
}
