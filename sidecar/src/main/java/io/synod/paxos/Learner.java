package io.synod.paxos;

import io.synod.paxos.value.ArchivedState;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which slots are chosen, and outputs each once, in order and without a gap.
 *
 * <p>A leader's announcement that slots up to some point are chosen is accepted only for slots
 * accepted here at that leader's very ballot: at another ballot this node may hold another value.
 * The rest is requested, one page at a time, from a peer that has it.
 */
final class Learner {
  private final Slots slots;
  private final Settings settings;
  private final Outbox out;
  // Chosen slots above the prefix, and how this node learned that they are.
  private final TreeMap<Long, Chosen.How> ahead = new TreeMap<>();
  // Invariant: every slot up to here is chosen and was output; it never falls.
  private long chosenThrough;
  // Commands in the slots up to chosenThrough.
  private long commands;
  private final LogTime logTime;
  private final KnownMemberships memberships;
  private final ReportedLog reported;
  private Ballot announcedBallot = Ballot.NONE;
  // The highest ballot at which a slot was learned to be chosen.
  private Ballot learnedBallot = Ballot.NONE;
  private long announcedThrough;
  // Since when this node lacks slots, or Long.MIN_VALUE while it lacks none.
  private long behindSinceNanos = Long.MIN_VALUE;
  // The requested page: its request, its first slot, and its receiver; null if none is awaited.
  private @Nullable Request pageRequest;
  private long requestedFrom;
  private int requestedNode;
  private final ResendBackoff resendBackoff;
  // Pages up to this slot are requested one after the other without a pause.
  private long pagesThrough;
  // The last node that did not answer a request in time.
  private int silentNode;

  Learner(Recovered recovered, ArchivedState archived, Slots slots, Settings settings, Outbox out) {
    this.memberships =
        new KnownMemberships(recovered, archived.memberships(), settings.membershipDistance(), out);
    this.slots = slots;
    this.settings = settings;
    this.out = out;
    this.resendBackoff = ResendBackoff.of(settings);
    this.chosenThrough = recovered.archivedThrough();
    this.commands = recovered.archivedCommands();
    this.logTime = new LogTime(archived.logTimeMillis());
    this.reported = new ReportedLog(recovered.chosenThrough());
    for (long slot = recovered.archivedThrough() + 1; slot <= recovered.chosenThrough(); slot++) {
      ahead.put(slot, Chosen.How.RECOVERY);
    }
    advance();
    Check.that(
        chosenThrough == recovered.chosenThrough(),
        "recovered slots have a hole",
        chosenThrough,
        recovered.chosenThrough());
  }

  long chosenThrough() {
    return chosenThrough;
  }

  /** The index of the last command in the slots up to {@link #chosenThrough}. */
  long chosenIndex() {
    return commands;
  }

  /** What any node reported of the log. */
  ReportedLog reported() {
    return reported;
  }

  /** The memberships that this node knows. */
  KnownMemberships memberships() {
    return memberships;
  }

  /** Log time, which is no earlier than that of the last chosen slot. */
  LogTime logTime() {
    return logTime;
  }

  /**
   * The highest ballot at which this node learned that a slot was chosen. A quorum promised it, so
   * no node can lead below it, nor announce chosen slots at a lower one.
   */
  Ballot learnedBallot() {
    return learnedBallot;
  }

  boolean isChosen(long slot) {
    return slot <= chosenThrough || ahead.containsKey(slot);
  }

  /**
   * Handles a proposal that is known to be chosen. One that is too far ahead to keep is requested
   * again later: another node knows it, since a leader proposes no slot that far ahead.
   */
  void learn(Proposal proposal, Chosen.How how) {
    long slot = proposal.slot();
    reported.observe(slot);
    learnedBallot = learnedBallot.max(proposal.ballot());
    if (isChosen(slot) || !slots.hasRoomFor(slot, chosenThrough, settings)) {
      return;
    }
    Proposal held = slots.get(slot);
    if (held == null || proposal.ballot().above(held.ballot())) {
      slots.put(proposal);
      out.write(new Write.Learned(proposal));
    } else {
      // A vote at the same or a higher ballot is kept; it can only be for the same value.
      Check.that(held.batch().equals(proposal.batch()), "nothing else is voted for once chosen");
    }
    ahead.put(slot, how);
    advance();
  }

  /** A snapshot that is ahead of this node replaced every slot up to there. */
  void onInstalled(Input.Installed installed) {
    Check.that(
        installed.slot() > chosenThrough,
        "a snapshot takes a node forward",
        installed.slot(),
        chosenThrough);
    Check.that(
        installed.commands() >= commands,
        "a snapshot holds every command before it",
        installed.commands(),
        commands);
    chosenThrough = installed.slot();
    commands = installed.commands();
    memberships.onInstalled(installed.memberships());
    logTime.observeStamp(installed.logTimeMillis());
    reported.observe(chosenThrough);
    ahead.headMap(chosenThrough, true).clear();
    slots.skipTo(chosenThrough);
    behindSinceNanos = Long.MIN_VALUE;
    pageRequest = null;
    silentNode = 0;
    advance();
  }

  /** The leader of {@code ballot} announces that every slot up to {@code through} is chosen. */
  void onAnnouncement(Ballot ballot, long through) {
    reported.observe(through);
    if (!announcedBallot.above(ballot)) {
      announcedThrough =
          ballot.equals(announcedBallot) ? Math.max(announcedThrough, through) : through;
      announcedBallot = ballot;
      advance();
    }
  }

  /** Handles a message about learning; returns whether it was one. */
  boolean tryHandle(long nowNanos, int from, Message message) {
    if (message instanceof Message.LearnRequest request) {
      sendPage(from, request.from());
    } else if (message instanceof Message.Learned page) {
      onLearned(page, nowNanos);
    } else if (message instanceof Message.Trimmed trimmed) {
      onTrimmed(trimmed, nowNanos);
    } else {
      return false;
    }
    return true;
  }

  /**
   * Handles a page of chosen slots. Only the page that was requested triggers the next request: a
   * duplicate of an earlier one must not start a second stream of pages.
   */
  private void onLearned(Message.Learned page, long nowNanos) {
    for (Proposal proposal : page.chosen()) {
      learn(proposal, Chosen.How.CATCH_UP);
    }
    reported.observe(page.chosenThrough());
    Request waiting = pageRequest;
    if (waiting != null && page.from() == requestedFrom) {
      resendBackoff.onReply(waiting.ageNanos(nowNanos));
      pageRequest = null;
      silentNode = 0;
      pagesThrough = page.chosenThrough();
    }
  }

  /**
   * The receiver of the request has these slots only in a snapshot, which is fetched separately.
   * Until it is installed the page is requested again, at a constant interval.
   */
  private void onTrimmed(Message.Trimmed trimmed, long nowNanos) {
    if (pageRequest != null && trimmed.from() == requestedFrom) {
      resendBackoff.onReply(pageRequest.ageNanos(nowNanos));
      pageRequest.markLost();
    }
  }

  /** The transport did not send this message. */
  void onDropped(int to, Message message) {
    if (message instanceof Message.LearnRequest && pageRequest != null && requestedNode == to) {
      pageRequest.markDropped();
    }
  }

  /** Messages in flight to or from {@code peer} may be lost. */
  void onReconnected(int peer) {
    if (pageRequest != null && requestedNode == peer) {
      pageRequest.markLost();
    }
  }

  /** Answers with a page of chosen slots, from memory or from the journal. */
  private void sendPage(int to, long from) {
    if (from > chosenThrough || from < 1) {
      return;
    }
    if (from <= slots.floor()) {
      out.fetch(to, from);
      return;
    }
    List<Proposal> page = slots.page(from, chosenThrough, settings.pageBytesMax());
    Check.that(
        !page.isEmpty() && page.get(0).slot() == from,
        "chosen slots above the floor are in memory",
        from,
        slots.floor());
    out.send(to, new Message.Learned(from, page, chosenThrough));
  }

  /**
   * Requests missing slots, if they have been missing for some time.
   *
   * @param eager whether no proposals are sent to this node, so that it need not wait for one
   * @param followed the ballot of the leader that this node follows, if any
   * @return when to call again
   */
  long catchUp(long nowNanos, boolean eager, Ballot followed, Connectivity connectivity) {
    if (reported.through() <= chosenThrough) {
      behindSinceNanos = Long.MIN_VALUE;
      pageRequest = null;
      return Long.MAX_VALUE;
    }
    if (behindSinceNanos == Long.MIN_VALUE) {
      behindSinceNanos = nowNanos;
    }
    Proposal held = slots.get(chosenThrough + 1);
    if (held != null && held.ballot().equals(followed)) {
      // A page would repeat what is held here. Only the announcement is missing, and the leader's
      // next heartbeat makes it.
      long announcedAtNanos =
          behindSinceNanos + settings.heartbeatNanos() + resendBackoff.usualNanos();
      if (nowNanos < announcedAtNanos) {
        return announcedAtNanos;
      }
    }
    // Later slots have arrived, unless the missing one is still in flight on a slow link.
    boolean overtaken = held == null && slots.top() > chosenThrough;
    long grace = overtaken ? settings.resendNanos() / 4 : resendBackoff.usualNanos();
    boolean far = reported.through() - chosenThrough > 2L * settings.windowSlots();
    boolean paging = chosenThrough < pagesThrough;
    if (!eager && !far && !paging && nowNanos - behindSinceNanos < grace) {
      return behindSinceNanos + grace;
    }
    Request waiting = pageRequest;
    if (waiting != null) {
      if (nowNanos < waiting.dueNanos(resendBackoff)) {
        return waiting.dueNanos(resendBackoff);
      }
      silentNode = requestedNode;
    }
    int source = connectivity.source(nowNanos, chosenThrough + 1, followed.node(), silentNode);
    if (source == 0) {
      return nowNanos + settings.resendNanos();
    }
    return requestPage(nowNanos, source, waiting);
  }

  /**
   * Requests the same page again, if one is awaited: an answer to the first request still counts.
   */
  private long requestPage(long nowNanos, int source, @Nullable Request waiting) {
    Request request = waiting;
    if (request == null || requestedFrom <= chosenThrough) {
      request = new Request(nowNanos);
      requestedFrom = chosenThrough + 1;
    } else {
      if (!request.isLost()) {
        resendBackoff.onTimeout();
      }
      request.markSent(nowNanos);
    }
    pageRequest = request;
    requestedNode = source;
    out.send(source, new Message.LearnRequest(requestedFrom));
    return request.dueNanos(resendBackoff);
  }

  private void advance() {
    while (true) {
      long slot = chosenThrough + 1;
      Proposal proposal = slots.get(slot);
      Chosen.How how = how(slot, proposal);
      if (how == null || proposal == null) {
        return;
      }
      Check.that(slots.floor() < slot, "the next slot to output is in memory", slots.floor(), slot);
      ahead.remove(slot);
      chosenThrough = slot;
      behindSinceNanos = Long.MIN_VALUE;
      logTime.observeStamp(proposal.batch().logTimeMillis());
      memberships.onChosen(proposal);
      out.chosen(new Chosen(proposal, commands + 1, how));
      commands += proposal.batch().count();
      out.event(new Event.Learned(slot, proposal.ballot(), how));
    }
  }

  private Chosen.@Nullable How how(long slot, @Nullable Proposal proposal) {
    Chosen.How known = ahead.get(slot);
    if (known != null || proposal == null) {
      return known;
    }
    boolean announced = slot <= announcedThrough && proposal.ballot().equals(announcedBallot);
    return announced ? Chosen.How.FROM_LEADER : null;
  }
}
