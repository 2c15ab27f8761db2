package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import java.util.List;

/**
 * The leader role: proposes values for slots at its ballot [PMS §2.2 phase 2].
 *
 * <h2>The inherited suffix</h2>
 *
 * <p>For every slot that a voter of its quorum had accepted, it proposes the value with the highest
 * ballot again, at its own; holes between become no-ops. Then it proposes a no-op of its own: once
 * that is chosen, everything acknowledged at earlier ballots is in its prefix, and it may serve
 * reads.
 *
 * <h2>The pipeline</h2>
 *
 * <p>The commands that wait at the end of a cycle become one batch in one slot. The window of open
 * slots is bounded in number and bytes, so batches grow while it is full. The leader's own vote is
 * handled like every other: its acceptor writes, the cycle syncs, and the acceptance comes back as
 * a message.
 *
 * <h2>Stepping down</h2>
 *
 * <p>It steps down when it learns of a higher ballot, or when no quorum has answered it for the
 * election time-out. During a hand-over it proposes no more commands.
 */
final class Leader implements Role {
  private final RoleContext roleContext;
  private final Ballot ballot;
  private final Learner learner;
  private final ReadRounds reads;
  private final LogTime logTime;
  private final Promises promises;
  private final DiskReplacement diskReplacement;
  private final long electedAtNanos;
  private final OpenSlots open;
  private final CommandQueue queue;
  private final LeaderHandOver handOver;
  private long nextSlot;
  // The slot of this leader's own no-op; 0 until it is proposed.
  private long ownSlot;
  // The epoch of the newest membership that this leader proposed; 0 if it proposed none.
  private long proposedEpoch;
  private long announcedThrough;
  // The chosen prefix that was last announced in a proposal to all voters.
  private long piggybackedThrough;
  private long nowNanos;

  Leader(RoleContext roleContext, Candidate won, long nowNanos) {
    Check.that(won.hasWon(), "a quorum promised the ballot that a leader uses");
    this.roleContext = roleContext;
    this.ballot = won.ballot();
    this.learner = roleContext.learner();
    this.promises = won.promises();
    this.diskReplacement = new DiskReplacement(roleContext);
    this.nowNanos = nowNanos;
    this.electedAtNanos = nowNanos;
    this.nextSlot = learner.chosenThrough() + 1;
    this.logTime = learner.logTime();
    this.reads = new ReadRounds(ballot, roleContext);
    this.open = new OpenSlots(roleContext, ballot);
    this.queue = new CommandQueue(roleContext);
    this.handOver = new LeaderHandOver(roleContext, ballot);
  }

  @Override
  public Ballot leader() {
    return ballot;
  }

  /** The monotonic time now. */
  void setTime(long nanos) {
    nowNanos = nanos;
  }

  @Override
  public void propose(List<Command> commands, long nowNanos) {
    roleContext.out().unplaced(queue.add(commands, true));
  }

  @Override
  public void onForward(Message.Forward forward) {
    // Commands that do not fit, because others took more than their share, are forwarded again.
    var unused = queue.add(forward.commands(), false);
  }

  @Override
  public void read(long id, long nowNanos) {
    int self = roleContext.self().node();
    reads.add(new ReadRounds.WaitingRead(self, self, id));
  }

  @Override
  public void onReadAsk(int via, Message.ReadAsk ask) {
    reads.add(new ReadRounds.WaitingRead(via, ask.origin(), ask.id()));
  }

  void onReadProbeAck(Member voter, long round, long nowNanos) {
    reads.onAck(voter, round, nowNanos);
  }

  /** A voter that joined a membership since the election promised. */
  void onPromise(Member voter, Message.Promise promise, long nowNanos) {
    var unused = promises.onPromise(voter, promise, nowNanos);
  }

  /** A message of a member arrived. */
  void onMessage(Member member) {
    diskReplacement.onMessage(member);
  }

  /** A member answered a heartbeat. */
  void onHeartbeatAck(Member member, long chosenThrough, long nowNanos) {
    diskReplacement.onHeartbeatAck(member, chosenThrough, nowNanos);
  }

  /** A voter accepted these slots at this leader's ballot. */
  void onAccepted(Member voter, Message.Accepted accepted, long nowNanos) {
    roleContext
        .out()
        .event(new Event.AcceptedReceived(accepted.from(), accepted.to(), ballot, voter.node()));
    for (Proposal chosen : open.onAccepted(voter, accepted, nowNanos)) {
      roleContext.out().event(new Event.QuorumReached(chosen.slot(), ballot));
      learner.learn(chosen, Chosen.How.AS_LEADER);
    }
    dropLearned();
  }

  @Override
  public void tick(long nowNanos) {
    this.nowNanos = nowNanos;
    dropLearned();
    reads.resend(nowNanos);
    open.tick(learner.chosenThrough(), nowNanos);
    promises.tick(nowNanos);
  }

  @Override
  public void onDropped(int to, Message message) {
    if (message instanceof Message.Accept accept) {
      open.onDropped(to, accept);
    }
    promises.onDropped(to, message);
  }

  @Override
  public void onReconnected(int peer) {
    open.onReconnected(peer);
    reads.onReconnected();
    promises.onReconnected(peer);
  }

  /**
   * Whether its own no-op is chosen: only then does its chosen prefix hold everything that was ever
   * acknowledged.
   */
  boolean isSettled() {
    return ownSlot != 0 && learner.chosenThrough() >= ownSlot;
  }

  /**
   * Whether it has lost its quorum: a voter that answers but follows another ballot does not count.
   */
  boolean hasLostQuorum(long nowNanos) {
    Connectivity connectivity = roleContext.connectivity();
    return !roleContext.isQuorum(
        membership -> connectivity.following(membership, ballot, electedAtNanos, nowNanos));
  }

  /** Its hand-over to another voter, under way or not. */
  LeaderHandOver handOver() {
    return handOver;
  }

  @Override
  public void endCycle() {
    dropLearned();
    // The voters of a membership that was chosen in this turn, or learned since the election.
    nextSlot = Math.max(nextSlot, learner.chosenThrough() + 1);
    promises.request(nextSlot, nowNanos);
    boolean drained = open.isEmpty() && nextSlot > adoptedThrough() && ownSlot != 0;
    handOver.proceed(nowNanos, drained, nextSlot - 1, learner.chosenThrough());
    while (windowIsOpen() && proposeNext()) {
      // Until nothing waits or the window is full.
    }
    if (isSettled()) {
      reads.begin(nowNanos, learner.chosenThrough());
    }
    announce();
  }

  private void announce() {
    if (learner.chosenThrough() <= announcedThrough) {
      return;
    }
    announcedThrough = learner.chosenThrough();
    boolean piggybacked = piggybackedThrough == announcedThrough;
    for (int peer : roleContext.self().peers()) {
      if (!piggybacked || !roleContext.hasVoter(peer)) {
        roleContext.out().send(peer, new Message.Chosen(ballot, announcedThrough));
      }
    }
  }

  private boolean windowIsOpen() {
    // Further ahead, a learner may refuse a chosen slot, and it would not be offered again.
    return Slots.isWithinReach(nextSlot, learner.chosenThrough(), roleContext.settings())
        && nextSlot <= learner.chosenThrough() + roleContext.settings().membershipDistance()
        && learner.chosenThrough() >= promises.floor()
        && promises.isQuorum(roleContext.membership(nextSlot))
        && open.count() < roleContext.settings().windowSlots()
        && open.bytes() < roleContext.settings().windowBytesMax();
  }

  /** Proposes the next slot, if there is a value for it. */
  private boolean proposeNext() {
    if (nextSlot <= adoptedThrough()) {
      Proposal inherited = promises.adopted().get(nextSlot);
      if (learner.isChosen(nextSlot)) {
        nextSlot++;
      } else {
        Check.that(
            nextSlot > learner.chosenThrough(),
            "an inherited value is proposed in its own slot",
            nextSlot,
            learner.chosenThrough());
        proposeBatch(inherited == null ? Batch.noOp(logTime.lastStamp()) : inherited.batch());
      }
      return true;
    }
    if (!logTime.isRunning()) {
      // This process may have been suspended: its log time is old, and what it stamps would expire
      // at once.
      return false;
    }
    if (ownSlot == 0) {
      ownSlot = nextSlot;
      proposeBatch(Batch.noOp(logTime.millis()));
      return true;
    }
    if (handOver.isUnderWay()) {
      return false;
    }
    boolean pending = learner.memberships().get().newestFrom() > learner.chosenThrough() + 1;
    Membership due = pending || !isSettled() ? null : diskReplacement.due(nowNanos);
    if (due != null && proposedEpoch < due.epoch()) {
      proposedEpoch = due.epoch();
      proposeBatch(Batch.of(logTime.millis(), due));
      return true;
    }
    if (queue.isEmpty() && nextSlot < learner.memberships().get().newestFrom()) {
      // A membership takes effect only so many slots later.
      proposeBatch(Batch.noOp(logTime.millis()));
      return true;
    }
    if (queue.isEmpty()) {
      return false;
    }
    proposeBatch(Batch.of(logTime.millis(), queue.next()));
    return true;
  }

  private void proposeBatch(Batch batch) {
    Check.that(
        promises.isQuorum(roleContext.membership(nextSlot)),
        "a leader proposes only where a quorum of the slot's voters promised");
    Check.that(
        nextSlot > learner.chosenThrough(),
        "a leader proposes above its chosen prefix",
        nextSlot,
        learner.chosenThrough());
    Check.that(
        Slots.isWithinReach(nextSlot, learner.chosenThrough(), roleContext.settings()),
        "a leader proposes only within reach of its chosen prefix",
        nextSlot,
        learner.chosenThrough());
    Proposal proposal = new Proposal(nextSlot++, ballot, batch);
    logTime.observeStamp(batch.logTimeMillis());
    roleContext
        .out()
        .event(new Event.Proposed(proposal.slot(), ballot, batch.count(), batch.size()));
    piggybackedThrough = learner.chosenThrough();
    open.open(proposal, piggybackedThrough, nowNanos);
  }

  /** The last slot for which a voter that promised had accepted a value. */
  private long adoptedThrough() {
    return promises.adopted().isEmpty() ? 0 : promises.adopted().lastKey();
  }

  private void dropLearned() {
    promises.adopted().headMap(nextSlot).clear();
    open.dropThrough(learner.chosenThrough());
  }

  /** The proposals of the open slots, in slot order. */
  List<Proposal> window() {
    return open.proposals();
  }

  /** The commands that wait for a slot. */
  MemoryUse queue() {
    return queue.memoryUse();
  }

  @Override
  public long wakeAtNanos() {
    return open.isEmpty() && reads.isIdle()
        ? promises.dueNanos()
        : Math.min(promises.dueNanos(), nowNanos + roleContext.settings().resendNanos());
  }
}
