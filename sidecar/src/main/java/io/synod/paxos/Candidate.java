package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The candidate role: requests a quorum's promises of its ballot, and collects what they accepted
 * [PMS §2.2 phase 1].
 *
 * <p>One phase 1 covers the whole open suffix of the log. Each voter's answer comes in pages, and
 * counts only once its last page has arrived; for each slot the proposal with the highest ballot is
 * kept. Slots below a voter's floor are chosen but not in its answer, so they are learned first.
 *
 * <p>All that may take longer than an election time-out: a candidate continues while it makes
 * progress, which is a page or a slot below a floor. Both are finite, so it cannot continue for
 * ever.
 */
final class Candidate implements Role {
  private final RoleContext roleContext;
  private final Ballot ballot;
  private final Learner learner;
  private final long from;
  private final SortedMap<Long, Proposal> adopted = new TreeMap<>();
  private final Map<Member, RequestedPage> pages = new TreeMap<>();
  private final VoterCount promises;
  private long floor;
  private long learnedThrough;
  private long progressAtNanos;

  Candidate(RoleContext roleContext, Ballot ballot, Learner learner, long nowNanos) {
    this.roleContext = roleContext;
    this.ballot = ballot;
    this.learner = learner;
    this.progressAtNanos = nowNanos;
    this.learnedThrough = learner.chosenThrough();
    this.from = learner.chosenThrough() + 1;
    this.promises = new VoterCount(roleContext.membership());
    for (Member voter : roleContext.membership().voters()) {
      RequestedPage first =
          new RequestedPage(from, ResendBackoff.of(roleContext.settings()), new Request(nowNanos));
      pages.put(voter, first);
      sendPrepare(voter, first);
    }
  }

  /** The page that was requested of a voter. */
  private record RequestedPage(long from, ResendBackoff resendBackoff, Request request) {}

  Ballot ballot() {
    return ballot;
  }

  /** The accepted proposals of the quorum, per slot at the highest ballot. */
  SortedMap<Long, Proposal> adopted() {
    return adopted;
  }

  @Override
  public Ballot leader() {
    return Ballot.NONE;
  }

  /** Takes a page of a voter's promise. */
  void onPromise(Member voter, Message.Promise promise, long nowNanos) {
    RequestedPage page = pages.get(voter);
    if (page == null || page.from() != promise.from() || promises.has(voter)) {
      // A duplicate of an earlier page: the next one is already requested.
      return;
    }
    if (promise.completeThrough() < promise.from()) {
      // An invalid page: continuing after it would request slots again that were counted.
      roleContext
          .out()
          .event(new Event.Fenced(voter.node(), "a page of a promise that ends before it begins"));
      return;
    }
    roleContext
        .out()
        .event(new Event.PromiseReceived(ballot, voter.node(), promise.accepted().size()));
    floor = Math.max(floor, promise.floor());
    learner.onReport(promise.chosenThrough());
    for (Proposal proposal : promise.accepted()) {
      if (proposal.slot() <= promise.chosenThrough()) {
        learner.learn(proposal, Chosen.How.CATCH_UP);
      }
      // Chosen slots are merged too: a slot below may lack a value, and new values go above all of
      // these.
      adopted.merge(proposal.slot(), proposal, Candidate::higher);
    }
    progressAtNanos = nowNanos;
    page.resendBackoff().onReply(page.request().ageNanos(nowNanos));
    if (promise.completeThrough() == Long.MAX_VALUE) {
      promises.add(voter);
    } else {
      RequestedPage next =
          new RequestedPage(
              promise.completeThrough() + 1, page.resendBackoff(), new Request(nowNanos));
      pages.put(voter, next);
      sendPrepare(voter, next);
    }
  }

  /** Whether a quorum promised and every slot is known that their answers leave out as chosen. */
  boolean hasWon() {
    return promises.isQuorum() && learner.chosenThrough() >= floor;
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
    if (learnedThrough < floor && learner.chosenThrough() > learnedThrough) {
      progressAtNanos = nowNanos;
    }
    learnedThrough = learner.chosenThrough();
    pages.forEach(
        (voter, page) -> {
          if (!promises.has(voter) && nowNanos >= page.request().dueNanos(page.resendBackoff())) {
            if (!page.request().isLost()) {
              page.resendBackoff().onTimeout();
            }
            page.request().markSent(nowNanos);
            sendPrepare(voter, page);
          }
        });
  }

  @Override
  public void onDropped(int to, Message message) {
    if (message instanceof Message.Prepare) {
      pagesOf(to).forEach(page -> page.request().markDropped());
    }
  }

  @Override
  public void onReconnected(int peer) {
    pagesOf(peer).forEach(page -> page.request().markLost());
  }

  private Stream<RequestedPage> pagesOf(int node) {
    return pages.entrySet().stream()
        .filter(page -> page.getKey().node() == node)
        .map(Map.Entry::getValue);
  }

  @Override
  public void endCycle() {}

  @Override
  public long wakeAtNanos() {
    long wake = progressAtNanos + roleContext.settings().electionTimeoutNanos() + 1;
    for (Map.Entry<Member, RequestedPage> page : pages.entrySet()) {
      if (!promises.has(page.getKey())) {
        wake = Math.min(wake, page.getValue().request().dueNanos(page.getValue().resendBackoff()));
      }
    }
    return wake;
  }

  private void sendPrepare(Member voter, RequestedPage page) {
    roleContext.out().send(voter.node(), new Message.Prepare(ballot, page.from()));
  }

  private static Proposal higher(Proposal one, Proposal other) {
    return one.ballot().above(other.ballot()) ? one : other;
  }
}
