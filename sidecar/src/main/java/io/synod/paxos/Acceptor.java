package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The acceptor of one voter [PMS §2.2].
 *
 * <h2>Its durable state</h2>
 *
 * <p>It promises a ballot: from then on it accepts nothing below. It accepts a proposal at any
 * ballot not below its promise, and an acceptance is itself a promise of that ballot, in one
 * record. Both are written before they are sent: a {@link Message.AfterSync} leaves only after the
 * cycle's sync.
 *
 * <h2>Its answer to a candidate</h2>
 *
 * <p>For every slot from the requested one on, the answer lists the accepted proposal with the
 * highest ballot, page by page, and each page states through which slot it is complete. Between two
 * pages nothing below the promised ballot can be accepted, so the pages together are consistent.
 * Slots at or below the floor are chosen and only in the journal: the promise carries the floor,
 * and the candidate learns those slots before it leads.
 *
 * <h2>Slots that are known to be chosen</h2>
 *
 * <p>A learned value may have a ballot above the promise. It is never replaced by a proposal at a
 * lower ballot, and a proposal at a higher ballot for its slot must hold the same value.
 */
final class Acceptor {
  /** No node can have reached a ballot further ahead than this by counting. */
  private static final long ROUND_LEAP_MAX = 1L << 40;

  private final int self;
  private final Slots slots;
  private final Settings settings;
  private final Outbox out;
  // Invariant: promised never falls. [DURABLE]
  private Ballot promised;
  private long roundSeen;
  // Acceptances of this cycle for which no message is queued yet: one run of slots at one ballot.
  private @Nullable Ballot runBallot;
  private long runFrom;
  private long runTo;

  Acceptor(int self, Recovered recovered, Slots slots, Settings settings, Outbox out) {
    this.self = self;
    this.slots = slots;
    this.settings = settings;
    this.out = out;
    this.promised = recovered.promised();
    this.roundSeen = recovered.promised().round();
    for (Proposal proposal : recovered.accepted()) {
      slots.put(proposal);
      roundSeen = Math.max(roundSeen, proposal.ballot().round());
    }
  }

  /** The highest round on this disk, learned values included. */
  long roundSeen() {
    return roundSeen;
  }

  /**
   * Whether a node can have reached this ballot by counting, when {@code seen} is the highest
   * known.
   */
  boolean isPlausible(Ballot ballot, long seen) {
    return ballot.round() - seen <= ROUND_LEAP_MAX;
  }

  /** Promises this node's own new ballot, before it is sent to any voter. */
  void promiseOwn(Ballot ballot) {
    Check.that(ballot.above(promised), "a new ballot is above the promise");
    out.event(new Event.Promised(ballot, promised));
    promised = ballot;
    out.write(new Write.Promised(ballot));
  }

  Ballot promised() {
    return promised;
  }

  /** Answers one page of phase 1, or refuses. */
  void onPrepare(Message.Prepare prepare, long chosenThrough) {
    Ballot ballot = prepare.ballot();
    if (promised.above(ballot)) {
      reject(ballot, promised);
      return;
    }
    if (ballot.above(promised)) {
      out.event(new Event.Promised(ballot, promised));
      promised = ballot;
      out.write(new Write.Promised(ballot));
    }
    Check.that(promised.equals(ballot), "a promise is sent only for the ballot that was promised");
    Check.that(
        slots.floor() <= chosenThrough,
        "what a promise leaves out is chosen",
        slots.floor(),
        chosenThrough);
    long from = Math.max(prepare.from(), slots.floor() + 1);
    List<Proposal> page = slots.page(from, Long.MAX_VALUE, settings.pageBytesMax());
    long last = page.isEmpty() ? from : page.get(page.size() - 1).slot();
    long completeThrough = last >= slots.top() ? Long.MAX_VALUE : last;
    out.send(
        ballot.node(),
        new Message.Promise(
            ballot, prepare.from(), page, completeThrough, chosenThrough, slots.floor()));
  }

  /**
   * Votes for a proposal, or refuses.
   *
   * @param chosenThrough this node knows every slot up to here to be chosen
   */
  void onAccept(Message.Accept accept, long chosenThrough) {
    Ballot ballot = accept.ballot();
    if (!slots.hasRoomFor(accept.slot(), chosenThrough, settings)) {
      // Treated as lost: a node that lags far behind must not fill its memory with slots that it
      // cannot apply. A leader never runs this far ahead of a node that keeps up.
      return;
    }
    boolean chosen = accept.slot() <= chosenThrough;
    if (promised.above(ballot)) {
      reject(ballot, promised);
      return;
    }
    if (accept.slot() <= slots.floor()) {
      // The slot was chosen long ago, and its leader does not know: send it from the journal.
      out.fetch(ballot.node(), accept.slot());
      return;
    }
    Proposal held = slots.get(accept.slot());
    if (held != null && held.ballot().above(ballot)) {
      reject(ballot, held.ballot());
      return;
    }
    if (held != null && (chosen || held.ballot().equals(ballot))) {
      Check.that(held.batch().equals(accept.batch()), "one value per ballot and per chosen slot");
    }
    if (held == null || !held.ballot().equals(ballot)) {
      Proposal proposal = new Proposal(accept.slot(), ballot, accept.batch());
      Check.that(!promised.above(ballot), "a promise never falls");
      promised = ballot;
      slots.put(proposal);
      out.write(new Write.Accepted(proposal));
      out.event(new Event.Accepted(accept.slot(), ballot));
    }
    addToRun(ballot, accept.slot());
  }

  /** Queues the message for the slots that were accepted since the last call. */
  void flush() {
    if (runBallot != null) {
      Check.that(runFrom <= runTo, "an acceptance covers at least one slot", runFrom, runTo);
      out.send(runBallot.node(), new Message.Accepted(runBallot, runFrom, runTo));
      runBallot = null;
    }
  }

  /** Whether a proposal of {@code ballot} is held for a slot from {@code from} on. */
  boolean holds(Ballot ballot, long from) {
    return slots.holds(ballot, from);
  }

  /** Whether nothing above {@code ballot} was promised. */
  boolean mayAccept(Ballot ballot) {
    return !promised.above(ballot);
  }

  private void addToRun(Ballot ballot, long slot) {
    Check.that(!promised.above(ballot), "no slot is accepted below the promise");
    Check.that(slot > slots.floor(), "an accepted slot is in memory", slot, slots.floor());
    if (ballot.equals(runBallot) && slot == runTo + 1) {
      runTo = slot;
      return;
    }
    flush();
    runBallot = ballot;
    runFrom = slot;
    runTo = slot;
  }

  void reject(Ballot ballot, Ballot higher) {
    if (ballot.node() != self) {
      out.event(new Event.Refused(ballot, higher, ballot.node()));
    }
    out.send(ballot.node(), new Message.Reject(ballot, higher));
  }
}
