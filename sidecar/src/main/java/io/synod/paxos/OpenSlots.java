package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The open slots of a leader: proposed, and not yet in its chosen prefix. Each proposal is sent to
 * every voter, and retransmitted to a voter only when it is known to be lost or the voter was
 * silent for long:
 *
 * <ul>
 *   <li>the transport dropped it, or its connection was replaced;
 *   <li>the voter answered a later proposal, since a connection keeps the order;
 *   <li>the voter answered nothing for as long as its {@link ResendBackoff} determines.
 * </ul>
 */
final class OpenSlots {
  private final RoleContext roleContext;
  private final Ballot ballot;
  private final NavigableMap<Long, Flight> open = new TreeMap<>();
  private final Map<Member, Voter> voters = new TreeMap<>();
  private long bytes;

  private static final class Flight {
    private final Proposal proposal;
    private final VoterCount votes;
    // By voter, until it votes.
    private final Map<Member, Request> sent = new TreeMap<>();

    private Flight(Proposal proposal, VoterCount votes) {
      this.proposal = proposal;
      this.votes = votes;
    }

    private Stream<Request> requestsTo(int node) {
      return sent.entrySet().stream()
          .filter(request -> request.getKey().node() == node)
          .map(Map.Entry::getValue);
    }
  }

  private static final class Voter {
    private final ResendBackoff resendBackoff;
    // When it last voted, or when proposals were last sent again because it was silent.
    private long lastActivityNanos = Long.MIN_VALUE / 2;
    // When the newest proposal that it voted for was first sent to it.
    private long votedSentNanos = Long.MIN_VALUE / 2;

    private Voter(ResendBackoff resendBackoff) {
      this.resendBackoff = resendBackoff;
    }

    private boolean isDue(Request request, long nowNanos) {
      boolean overtaken = votedSentNanos > request.lastNanos();
      if (request.isLost() || overtaken) {
        return nowNanos - request.lastNanos() >= resendBackoff.minNanos();
      }
      return isSilent(request, nowNanos);
    }

    private boolean isSilent(Request request, long nowNanos) {
      return nowNanos - Math.max(lastActivityNanos, request.lastNanos()) >= resendBackoff.nanos();
    }
  }

  OpenSlots(RoleContext roleContext, Ballot ballot) {
    this.roleContext = roleContext;
    this.ballot = ballot;
  }

  int count() {
    return open.size();
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** The bytes of the open slots. */
  long bytes() {
    return bytes;
  }

  /** The proposals of the open slots, the newest last. */
  List<Proposal> proposals() {
    List<Proposal> proposals = new ArrayList<>(open.size());
    for (Flight flight : open.values()) {
      proposals.add(flight.proposal);
    }
    return proposals;
  }

  /** Opens a slot, and sends its proposal to all of its voters. */
  void open(Proposal proposal, long chosenThrough, long nowNanos) {
    Check.that(proposal.ballot().equals(ballot), "a leader proposes under its own ballot");
    Check.that(
        open.isEmpty() || proposal.slot() > open.lastKey(),
        "slots are opened in order, each once",
        proposal.slot(),
        chosenThrough);
    Membership membership = roleContext.membership(proposal.slot());
    Flight flight = new Flight(proposal, new VoterCount(membership));
    open.put(proposal.slot(), flight);
    bytes += proposal.batch().size();
    for (Member voter : membership.voters()) {
      voters.computeIfAbsent(voter, any -> new Voter(ResendBackoff.of(roleContext.settings())));
      send(voter, flight, chosenThrough, nowNanos);
    }
  }

  /** A voter accepted these slots; returns the proposals that a quorum has accepted thereby. */
  List<Proposal> onAccepted(Member member, Message.Accepted accepted, long nowNanos) {
    List<Proposal> chosen = new ArrayList<>();
    Voter voter = voters.get(member);
    for (Flight flight : range(accepted)) {
      boolean already = flight.votes.isQuorum();
      flight.votes.add(member);
      if (!already && flight.votes.isQuorum()) {
        chosen.add(flight.proposal);
      }
      Request request = flight.sent.remove(member);
      if (voter != null && request != null) {
        voter.lastActivityNanos = nowNanos;
        voter.votedSentNanos = Math.max(voter.votedSentNanos, request.firstNanos());
        voter.resendBackoff.onReply(request.ageNanos(nowNanos));
      }
    }
    return chosen;
  }

  private Collection<Flight> range(Message.Accepted accepted) {
    return open.subMap(accepted.from(), true, accepted.to(), true).values();
  }

  /**
   * Removes the slots that joined the chosen prefix. Chosen slots above it stay, so that the window
   * bounds how far a leader's slots run ahead of the first open one.
   */
  void dropThrough(long chosenThrough) {
    Iterator<Flight> learned = open.headMap(chosenThrough + 1).values().iterator();
    while (learned.hasNext()) {
      bytes -= learned.next().proposal.batch().size();
      learned.remove();
    }
    Check.that(open.isEmpty() ? bytes == 0 : bytes > 0, "the bytes are those of the open slots");
  }

  /** The transport did not send this proposal: no connection, or its queue was full. */
  void onDropped(int to, Message.Accept accept) {
    Flight flight = accept.ballot().equals(ballot) ? open.get(accept.slot()) : null;
    if (flight != null) {
      flight.requestsTo(to).forEach(Request::markDropped);
    }
  }

  /** Proposals that were sent to this node on an earlier connection may be lost. */
  void onReconnected(int peer) {
    for (Flight flight : open.values()) {
      flight.requestsTo(peer).forEach(Request::markLost);
    }
  }

  /** Sends again what is due. */
  void tick(long chosenThrough, long nowNanos) {
    for (Map.Entry<Member, Voter> voter : voters.entrySet()) {
      tick(voter.getKey(), voter.getValue(), chosenThrough, nowNanos);
    }
  }

  private void tick(Member member, Voter voter, long chosenThrough, long nowNanos) {
    boolean silent = false;
    long budget = roleContext.settings().pageBytesMax();
    for (Flight flight : open.values()) {
      Request request = request(member, flight);
      if (request != null && budget > 0 && voter.isDue(request, nowNanos)) {
        silent |= !request.isLost() && voter.isSilent(request, nowNanos);
        send(member, flight, chosenThrough, nowNanos);
        budget -= flight.proposal.batch().size();
      }
    }
    if (silent) {
      voter.resendBackoff.onTimeout();
      voter.lastActivityNanos = nowNanos;
    }
  }

  /** The unanswered request to this voter for a slot that still needs its vote. */
  private static @Nullable Request request(Member voter, Flight flight) {
    return flight.votes.isQuorum() ? null : flight.sent.get(voter);
  }

  private void send(Member voter, Flight flight, long chosenThrough, long nowNanos) {
    Request before = flight.sent.get(voter);
    if (before == null) {
      flight.sent.put(voter, new Request(nowNanos));
    } else {
      before.markSent(nowNanos);
    }
    Proposal proposal = flight.proposal;
    roleContext
        .out()
        .send(
            voter.node(),
            new Message.Accept(ballot, proposal.slot(), proposal.batch(), chosenThrough));
  }
}
