package io.synod.paxos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Proposes values for slots under its ballot [PMS §2.2 phase 2].
 *
 * <h2>The suffix it inherits</h2>
 *
 * <p>Of every slot that a voter of its quorum had accepted it proposes the value at the highest
 * ballot again, under its own; holes between become no-ops. Then comes a no-op of its own: once
 * that is chosen, everything acknowledged under earlier ballots is in its prefix, and it may serve
 * reads.
 *
 * <h2>The pipeline</h2>
 *
 * <p>What waits when a cycle ends becomes one batch in one slot. Slots stay open up to a bound in
 * number and bytes, so batches grow by themselves while the window is full. The leader's own vote
 * takes the same road as every other: its acceptor writes, the cycle syncs, the vow comes back.
 *
 * <h2>Going</h2>
 *
 * <p>It steps down when a higher ballot shows, or when no quorum has answered it for the election
 * time-out. To hand over it takes no more slots, waits until its open ones are chosen, and asks the
 * heir to stand.
 */
final class Leader implements Role {
  private static final int BATCH_COMMANDS_MAX = 10_000;

  private final Stage stage;
  private final Ballot ballot;
  private final Learner learner;
  private final ReadRounds reads;
  private final LogTime logTime;
  private final SortedMap<Long, Proposal> adopted;
  private final long adoptedThrough;
  private final long electedAtNanos;
  private final NavigableMap<Long, Flight> open = new TreeMap<>();
  private final Deque<Command> queue = new ArrayDeque<>();
  private long queuedBytes;
  private long openBytes;
  private long nextSlot;
  // The slot of this leader's own no-op; 0 until it is proposed.
  private long ownSlot;
  private long announcedThrough;
  // What a proposal sent to all voters carried of the chosen prefix.
  private long carriedThrough;
  private long nowNanos;
  private long heirAskedAtNanos;
  private long takeOverSentAtNanos = Long.MIN_VALUE;
  private int heir;

  private static final class Flight {
    private final Proposal proposal;
    private final Tally votes;
    private long sentAtNanos;

    private Flight(Proposal proposal, Tally votes, long sentAtNanos) {
      this.proposal = proposal;
      this.votes = votes;
      this.sentAtNanos = sentAtNanos;
    }
  }

  Leader(Stage stage, Candidate won, Learner learner, long nowNanos) {
    this.stage = stage;
    this.ballot = won.ballot();
    this.learner = learner;
    this.adopted = won.adopted();
    this.nowNanos = nowNanos;
    this.electedAtNanos = nowNanos;
    this.nextSlot = learner.chosenThrough() + 1;
    this.adoptedThrough = adopted.isEmpty() ? 0 : adopted.lastKey();
    adopted.headMap(nextSlot).clear();
    this.logTime = learner.logTime();
    this.reads = new ReadRounds(ballot, stage.formation(), stage.out());
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
    stage.out().unplaced(enqueue(commands));
  }

  @Override
  public void forwarded(Message.Forward forward) {
    // What finds no room is forwarded again by its origin, or given up there.
    enqueue(forward.commands());
  }

  private List<Command> enqueue(List<Command> commands) {
    List<Command> refused = new ArrayList<>();
    for (Command command : commands) {
      if (queuedBytes + command.size() > stage.settings().queueBytesMax()) {
        refused.add(command);
      } else {
        queue.add(command);
        queuedBytes += command.size();
      }
    }
    return refused;
  }

  @Override
  public void read(long id, long nowNanos) {
    int self = stage.self().node();
    reads.ask(new ReadRounds.Asker(self, self, id));
  }

  @Override
  public void asked(int via, Message.ReadAsk ask) {
    reads.ask(new ReadRounds.Asker(via, ask.origin(), ask.id()));
  }

  void probeAcked(int from, long round) {
    reads.acked(from, round, stage.self().node());
  }

  /** A voter accepted these slots at this leader's ballot. */
  void accepted(int from, Message.Accepted accepted) {
    stage.out().event(new Event.AcceptedReceived(accepted.from(), accepted.to(), ballot, from));
    List<Flight> chosen = new ArrayList<>();
    for (Flight flight : open.subMap(accepted.from(), true, accepted.to(), true).values()) {
      boolean already = flight.votes.isQuorum();
      flight.votes.add(from);
      if (!already && flight.votes.isQuorum()) {
        chosen.add(flight);
      }
    }
    for (Flight flight : chosen) {
      stage.out().event(new Event.QuorumReached(flight.proposal.slot(), ballot));
      learner.learn(flight.proposal, Chosen.How.AS_LEADER);
    }
    dropLearned();
  }

  @Override
  public void tick(long nowNanos) {
    this.nowNanos = nowNanos;
    dropLearned();
    long resendNanos = stage.settings().resendNanos();
    reads.resend(nowNanos, resendNanos);
    long budget = stage.settings().pageBytesMax();
    for (Flight flight : open.values()) {
      boolean due = nowNanos - flight.sentAtNanos >= resendNanos;
      if (due && !flight.votes.isQuorum() && budget > 0) {
        flight.sentAtNanos = nowNanos;
        send(flight);
        budget -= flight.proposal.batch().size();
      }
    }
  }

  /**
   * Whether its own no-op is chosen: only then does its prefix hold everything that was ever
   * acknowledged.
   */
  boolean isSettled() {
    return ownSlot != 0 && learner.chosenThrough() >= ownSlot;
  }

  /** Whether it has lost its quorum for good: who answers but follows another is none of it. */
  boolean hasLostQuorum(long nowNanos) {
    Formation formation = stage.formation();
    return stage.links().following(formation, ballot, electedAtNanos, nowNanos)
        < formation.quorum();
  }

  /** Whether it is handing over. */
  boolean isGoing() {
    return heir != 0;
  }

  /** Begins to hand over to {@code to}, or to whoever knows most if 0. */
  void handOver(int to, long nowNanos) {
    int wanted =
        to != 0 ? to : stage.links().bestHeir(stage.formation().voters().keySet(), nowNanos);
    boolean able = wanted != stage.self().node() && stage.links().isConnected(wanted, nowNanos);
    if (able && stage.formation().voters().containsKey(wanted)) {
      heir = wanted;
      heirAskedAtNanos = nowNanos;
    }
  }

  @Override
  public void close() {
    dropLearned();
    if (heir != 0) {
      proceedWithHandOver();
    }
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
    boolean carried = carriedThrough == announcedThrough;
    for (int peer : stage.self().peers()) {
      if (!carried || !stage.formation().voters().containsKey(peer)) {
        stage.out().say(peer, new Message.Chosen(ballot, announcedThrough));
      }
    }
  }

  private void proceedWithHandOver() {
    boolean said = nowNanos - stage.settings().resendNanos() < takeOverSentAtNanos;
    if (!said && open.isEmpty() && nextSlot > adoptedThrough && ownSlot != 0) {
      takeOverSentAtNanos = nowNanos;
      stage.out().say(heir, new Message.TakeOver(ballot, nextSlot - 1));
    }
    if (nowNanos - heirAskedAtNanos > stage.settings().electionTimeoutNanos()) {
      heir = 0;
    }
  }

  private boolean windowIsOpen() {
    // Beyond reach a learner may refuse what is chosen, and nobody would offer it again.
    return Slots.isWithinReach(nextSlot, learner.chosenThrough(), stage.settings())
        && open.size() < stage.settings().windowSlots()
        && openBytes < stage.settings().windowBytesMax();
  }

  /** Takes one slot, if there is something to put into it. */
  private boolean proposeNext() {
    if (nextSlot <= adoptedThrough) {
      Proposal inherited = adopted.remove(nextSlot);
      if (learner.isChosen(nextSlot)) {
        nextSlot++;
      } else {
        take(inherited == null ? Batch.noOp(logTime.last()) : inherited.batch());
      }
      return true;
    }
    if (!logTime.isRunning()) {
      // It may have stood for hours, and what is stamped with it would expire when it goes on.
      return false;
    }
    if (ownSlot == 0) {
      ownSlot = nextSlot;
      take(Batch.noOp(logTime.millis()));
      return true;
    }
    if (queue.isEmpty() || heir != 0) {
      return false;
    }
    take(Batch.of(logTime.millis(), nextCommands()));
    return true;
  }

  private List<Command> nextCommands() {
    List<Command> commands = new ArrayList<>();
    long bytes = 0;
    while (!queue.isEmpty() && commands.size() < BATCH_COMMANDS_MAX) {
      long with = bytes + Batch.encodedBytes(queue.element());
      if (!commands.isEmpty() && with > stage.settings().batchBytesMax()) {
        break;
      }
      bytes = with;
      Command command = queue.remove();
      queuedBytes -= command.size();
      commands.add(command);
    }
    return commands;
  }

  private void take(Batch batch) {
    nextSlot = Math.max(nextSlot, learner.chosenThrough() + 1);
    Proposal proposal = new Proposal(nextSlot++, ballot, batch);
    Flight flight = new Flight(proposal, new Tally(stage.formation()), nowNanos);
    open.put(proposal.slot(), flight);
    openBytes += batch.size();
    logTime.inherit(batch.logTimeMillis());
    stage.out().event(new Event.Proposed(proposal.slot(), ballot, batch.count(), batch.size()));
    carriedThrough = learner.chosenThrough();
    send(flight);
  }

  private void send(Flight flight) {
    Proposal proposal = flight.proposal;
    Message.Accept accept =
        new Message.Accept(ballot, proposal.slot(), proposal.batch(), learner.chosenThrough());
    for (int voter : stage.formation().voters().keySet()) {
      if (!flight.votes.has(voter)) {
        stage.out().say(voter, accept);
      }
    }
  }

  /**
   * Takes out of the window what joined the chosen prefix. What is chosen above it stays, so that
   * the window bounds how far this leader's slots run ahead of the first that is not.
   */
  private void dropLearned() {
    Iterator<Flight> learned = open.headMap(learner.chosenThrough() + 1).values().iterator();
    while (learned.hasNext()) {
      openBytes -= learned.next().proposal.batch().size();
      learned.remove();
    }
  }

  /** The slots of the window, the newest last. */
  List<Proposal> window() {
    return open.values().stream().map(flight -> flight.proposal).toList();
  }

  /** The commands that wait for a slot. */
  Load queue() {
    Load waiting = Load.NONE;
    for (Command command : queue) {
      waiting = waiting.with(command.size());
    }
    return waiting;
  }

  @Override
  public long wakeAtNanos() {
    return open.isEmpty() && reads.isIdle()
        ? Long.MAX_VALUE
        : nowNanos + stage.settings().resendNanos();
  }
}
