package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The promises of one ballot, and what the voters had accepted before [PMS §2.2 phase 1].
 *
 * <p>Each voter's answer comes in pages, and counts only once its last page has arrived; for each
 * slot the proposal with the highest ballot is kept. Slots below a voter's floor are chosen but not
 * in its answer, so they are learned first.
 *
 * <p>A leader goes on with it: once a membership is chosen of whose voters no quorum has promised,
 * the others are requested to promise too.
 */
final class Promises {
  private final RoleContext roleContext;
  private final Ballot ballot;
  private final SortedMap<Long, Proposal> adopted = new TreeMap<>();
  // What was requested of each voter; of one that has promised, its last page.
  private final Map<Member, RequestedPage> pages = new TreeMap<>();
  private final Set<Member> complete = new TreeSet<>();
  private long floor;

  /** The page that was requested of a voter. */
  private record RequestedPage(long from, ResendBackoff resendBackoff, Request request) {}

  Promises(RoleContext roleContext, Ballot ballot) {
    this.roleContext = roleContext;
    this.ballot = ballot;
  }

  /**
   * Requests the promise of every voter of which none was requested, for slots from here on; of
   * none once a quorum of every open membership promised.
   */
  void request(long from, long nowNanos) {
    if (isComplete()) {
      return;
    }
    for (Member voter : roleContext.voters()) {
      if (!pages.containsKey(voter)) {
        RequestedPage first =
            new RequestedPage(
                from, ResendBackoff.of(roleContext.settings()), new Request(nowNanos));
        pages.put(voter, first);
        send(voter, first);
      }
    }
  }

  /** The accepted proposals of the voters, per slot at the highest ballot. */
  SortedMap<Long, Proposal> adopted() {
    return adopted;
  }

  /** Slots up to here are chosen, and left out by a voter that promised. */
  long floor() {
    return floor;
  }

  /** Whether a quorum of this membership promised. */
  boolean isQuorum(Membership membership) {
    int count = 0;
    for (Member voter : membership.voters()) {
      count += complete.contains(voter) ? 1 : 0;
    }
    return count >= membership.quorum();
  }

  /** Whether a quorum of every open membership promised. */
  boolean isComplete() {
    return roleContext.memberships().stream().allMatch(this::isQuorum);
  }

  /** Takes a page of a voter's promise; returns whether it was the page that was requested. */
  boolean onPromise(Member voter, Message.Promise promise, long nowNanos) {
    RequestedPage page = pages.get(voter);
    if (page == null || page.from() != promise.from() || complete.contains(voter)) {
      // A duplicate of an earlier page: the next one is already requested.
      return false;
    }
    if (promise.completeThrough() < promise.from()) {
      // An invalid page: continuing after it would request slots again that were counted.
      roleContext
          .out()
          .event(new Event.Fenced(voter.node(), "a page of a promise that ends before it begins"));
      return false;
    }
    roleContext
        .out()
        .event(new Event.PromiseReceived(ballot, voter.node(), promise.accepted().size()));
    floor = Math.max(floor, promise.floor());
    Learner learner = roleContext.learner();
    learner.reported().observe(promise.chosenThrough());
    for (Proposal proposal : promise.accepted()) {
      if (proposal.slot() <= promise.chosenThrough()) {
        learner.learn(proposal, Chosen.How.CATCH_UP);
      }
      // Chosen slots are merged too: a slot below may lack a value, and new values go above all of
      // these.
      adopted.merge(proposal.slot(), proposal, Promises::higher);
    }
    page.resendBackoff().onReply(page.request().ageNanos(nowNanos));
    if (promise.completeThrough() == Long.MAX_VALUE) {
      complete.add(voter);
    } else {
      RequestedPage next =
          new RequestedPage(
              promise.completeThrough() + 1, page.resendBackoff(), new Request(nowNanos));
      pages.put(voter, next);
      send(voter, next);
    }
    return true;
  }

  /** Sends again what is due, and forgets voters that no open membership has. */
  void tick(long nowNanos) {
    pages.keySet().removeIf(voter -> !roleContext.isVoter(voter));
    if (isComplete()) {
      return;
    }
    pages.forEach(
        (voter, page) -> {
          boolean waits = !complete.contains(voter);
          if (waits && nowNanos >= page.request().dueNanos(page.resendBackoff())) {
            if (!page.request().isLost()) {
              page.resendBackoff().onTimeout();
            }
            page.request().markSent(nowNanos);
            send(voter, page);
          }
        });
  }

  /** The transport did not send this message. */
  void onDropped(int to, Message message) {
    if (message instanceof Message.Prepare) {
      pagesOf(to).forEach(page -> page.request().markDropped());
    }
  }

  /** Messages in flight to or from {@code peer} may be lost. */
  void onReconnected(int peer) {
    pagesOf(peer).forEach(page -> page.request().markLost());
  }

  private List<RequestedPage> pagesOf(int node) {
    List<RequestedPage> all = new ArrayList<>(1);
    pages.forEach(
        (voter, page) -> {
          if (voter.node() == node) {
            all.add(page);
          }
        });
    return all;
  }

  /** When the next request is due. */
  long dueNanos() {
    long due = Long.MAX_VALUE;
    if (isComplete()) {
      return due;
    }
    for (Map.Entry<Member, RequestedPage> page : pages.entrySet()) {
      if (!complete.contains(page.getKey())) {
        due = Math.min(due, page.getValue().request().dueNanos(page.getValue().resendBackoff()));
      }
    }
    return due;
  }

  private void send(Member voter, RequestedPage page) {
    roleContext.out().send(voter.node(), new Message.Prepare(ballot, page.from()));
  }

  private static Proposal higher(Proposal one, Proposal other) {
    return one.ballot().above(other.ballot()) ? one : other;
  }
}
