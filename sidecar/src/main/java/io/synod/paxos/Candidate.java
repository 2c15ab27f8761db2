package io.synod.paxos;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Asks a quorum to promise its ballot, and gathers what they accepted [PMS §2.2 phase 1].
 *
 * <p>One phase 1 covers the whole open suffix of the log. Each voter's answer comes in pages, and
 * counts only once its last page is here; of each slot the proposal at the highest ballot is kept.
 * Slots below a voter's floor are chosen but not in its answer, so they are learned first.
 *
 * <p>All that may take longer than an election time-out: the candidate stands as long as something
 * comes of it, a page or a slot below a floor. Both are finite, so it cannot stand for ever.
 */
final class Candidate implements Role {
  private final Stage stage;
  private final Ballot ballot;
  private final Learner learner;
  private final long from;
  private final SortedMap<Long, Proposal> adopted = new TreeMap<>();
  private final Map<Integer, Long> nextPage = new TreeMap<>();
  private final Tally promises;
  private long floor;
  private long learnedThrough;
  private long progressAtNanos;
  private long askedAtNanos;

  Candidate(Stage stage, Ballot ballot, Learner learner, long nowNanos) {
    this.stage = stage;
    this.ballot = ballot;
    this.learner = learner;
    this.progressAtNanos = nowNanos;
    this.learnedThrough = learner.chosenThrough();
    this.askedAtNanos = nowNanos;
    this.from = learner.chosenThrough() + 1;
    this.promises = new Tally(stage.formation());
    for (int voter : stage.formation().voters().keySet()) {
      nextPage.put(voter, from);
      ask(voter);
    }
  }

  Ballot ballot() {
    return ballot;
  }

  /** What the quorum accepted, per slot at its highest ballot. */
  SortedMap<Long, Proposal> adopted() {
    return adopted;
  }

  @Override
  public Ballot leader() {
    return Ballot.NONE;
  }

  /** Takes a page of a voter's promise. */
  void promised(int voter, Message.Promise promise, long nowNanos) {
    Long expected = nextPage.get(voter);
    if (expected == null || expected != promise.from() || promises.has(voter)) {
      return;
    }
    if (promise.completeThrough() < promise.from()) {
      // No page at all: to go on behind it would be to go back, and to count what it lists.
      stage.out().event(new Event.Fenced(voter, "a page of a promise that ends before it begins"));
      return;
    }
    stage.out().event(new Event.PromiseReceived(ballot, voter, promise.accepted().size()));
    floor = Math.max(floor, promise.floor());
    learner.hear(promise.chosenThrough());
    for (Proposal proposal : promise.accepted()) {
      if (proposal.slot() <= promise.chosenThrough()) {
        learner.learn(proposal, Chosen.How.CATCH_UP);
      }
      // Also what is chosen: a slot below it may lack, and nothing new goes into any up to there.
      adopted.merge(proposal.slot(), proposal, Candidate::higher);
    }
    progressAtNanos = nowNanos;
    if (promise.completeThrough() == Long.MAX_VALUE) {
      promises.add(voter);
    } else {
      nextPage.put(voter, promise.completeThrough() + 1);
      ask(voter);
    }
  }

  /** Whether a quorum promised and nothing chosen is lacking below what they answered. */
  boolean hasWon() {
    return promises.isQuorum() && learner.chosenThrough() >= floor;
  }

  /** Whether it is time to give up and let another stand. */
  boolean hasFailed(long nowNanos) {
    return nowNanos - progressAtNanos > stage.settings().electionTimeoutNanos();
  }

  @Override
  public void propose(List<Command> commands, long nowNanos) {
    stage.out().unplaced(commands);
  }

  @Override
  public void forwarded(Message.Forward forward) {}

  @Override
  public void read(long id, long nowNanos) {}

  @Override
  public void asked(int via, Message.ReadAsk ask) {}

  @Override
  public void tick(long nowNanos) {
    if (learnedThrough < floor && learner.chosenThrough() > learnedThrough) {
      progressAtNanos = nowNanos;
    }
    learnedThrough = learner.chosenThrough();
    if (nowNanos - askedAtNanos < stage.settings().resendNanos()) {
      return;
    }
    askedAtNanos = nowNanos;
    for (int voter : nextPage.keySet()) {
      if (!promises.has(voter)) {
        ask(voter);
      }
    }
  }

  @Override
  public void close() {}

  @Override
  public long wakeAtNanos() {
    long giveUp = progressAtNanos + stage.settings().electionTimeoutNanos() + 1;
    return Math.min(giveUp, askedAtNanos + stage.settings().resendNanos());
  }

  private void ask(int voter) {
    stage.out().say(voter, new Message.Prepare(ballot, nextPage.getOrDefault(voter, from)));
  }

  private static Proposal higher(Proposal one, Proposal other) {
    return one.ballot().above(other.ballot()) ? one : other;
  }
}
