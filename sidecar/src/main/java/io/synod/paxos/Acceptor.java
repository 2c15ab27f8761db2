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
 * The memory of one voter [PMS §2.2].
 *
 * <h2>What it vows</h2>
 *
 * <p>It promises a ballot: from then on it accepts nothing below. It accepts a proposal at any
 * ballot not below its promise, and an acceptance is itself a promise of that ballot, in one
 * record. Both are written before they are told: a {@link Message.AfterSync} leaves only after the
 * cycle's sync.
 *
 * <h2>What it tells a candidate</h2>
 *
 * <p>Of every slot from the asked one on, the proposal at the highest ballot it has; page by page,
 * and a page says how far it is complete. Between two pages nothing below the promised ballot can
 * be accepted, so the pages are one picture. Slots at or below the floor are chosen and only in the
 * journal: the promise names the floor, and the candidate learns those slots before it leads.
 *
 * <h2>Slots that are known to be chosen</h2>
 *
 * <p>A learned value may stand at a ballot above the promise. It is never replaced by a proposal at
 * a lower ballot, and a proposal at a higher ballot for it must hold the same value.
 */
final class Acceptor {
  /** A ballot further ahead than this was not counted up to by anybody. */
  private static final long ROUND_LEAP_MAX = 1L << 40;

  private final int self;
  private final Slots slots;
  private final Settings settings;
  private final Outbox out;
  // Invariant: promised never falls. [DURABLE]
  private Ballot promised;
  private long roundSeen;
  // The acceptances of this cycle that are not yet vowed: one run of slots at one ballot.
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
   * Whether somebody can have counted up to this ballot, when {@code seen} is the highest known.
   */
  boolean isPlausible(Ballot ballot, long seen) {
    return ballot.round() - seen <= ROUND_LEAP_MAX;
  }

  /** Promises this node's own new ballot, before anybody is asked. */
  void bind(Ballot ballot) {
    Check.that(ballot.above(promised), "a new ballot is above the promise");
    out.event(new Event.Promised(ballot, promised));
    promised = ballot;
    out.write(new Write.Promised(ballot));
  }

  Ballot promised() {
    return promised;
  }

  /** Answers one page of phase 1, or refuses. */
  void prepare(Message.Prepare prepare, long chosenThrough) {
    Ballot ballot = prepare.ballot();
    if (promised.above(ballot)) {
      refuse(ballot, promised);
      return;
    }
    if (ballot.above(promised)) {
      out.event(new Event.Promised(ballot, promised));
      promised = ballot;
      out.write(new Write.Promised(ballot));
    }
    Check.that(promised.equals(ballot), "a promise is told of the ballot that binds this node");
    Check.that(
        slots.floor() <= chosenThrough,
        "what a promise leaves out is chosen",
        slots.floor(),
        chosenThrough);
    long from = Math.max(prepare.from(), slots.floor() + 1);
    List<Proposal> page = slots.page(from, Long.MAX_VALUE, settings.pageBytesMax());
    long last = page.isEmpty() ? from : page.get(page.size() - 1).slot();
    long completeThrough = last >= slots.top() ? Long.MAX_VALUE : last;
    out.say(
        ballot.node(),
        new Message.Promise(
            ballot, prepare.from(), page, completeThrough, chosenThrough, slots.floor()));
  }

  /**
   * Votes for a proposal, or refuses.
   *
   * @param chosenThrough up to here this node knows the slots to be chosen
   */
  void accept(Message.Accept accept, long chosenThrough) {
    Ballot ballot = accept.ballot();
    if (!slots.hasRoomFor(accept.slot(), chosenThrough, settings)) {
      // As if it was lost: a node that is far behind must not fill its memory with what it cannot
      // apply. The leader's next slots are never this far ahead of one who keeps up.
      return;
    }
    boolean chosen = accept.slot() <= chosenThrough;
    if (promised.above(ballot)) {
      refuse(ballot, promised);
      return;
    }
    if (accept.slot() <= slots.floor()) {
      // Chosen long ago, and its leader does not know: send it the slot out of the journal.
      out.fetch(ballot.node(), accept.slot());
      return;
    }
    Proposal held = slots.get(accept.slot());
    if (held != null && held.ballot().above(ballot)) {
      refuse(ballot, held.ballot());
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

  /** Vows what was accepted since the last call. */
  void flush() {
    if (runBallot != null) {
      Check.that(runFrom <= runTo, "a vow is of one slot at least", runFrom, runTo);
      out.say(runBallot.node(), new Message.Accepted(runBallot, runFrom, runTo));
      runBallot = null;
    }
  }

  /** Whether a proposal of {@code ballot} is held for a slot from {@code from} on. */
  boolean holds(Ballot ballot, long from) {
    return slots.holds(ballot, from);
  }

  /** Whether nothing above {@code ballot} was promised. */
  boolean standsBy(Ballot ballot) {
    return !promised.above(ballot);
  }

  private void addToRun(Ballot ballot, long slot) {
    Check.that(!promised.above(ballot), "no vote is vowed below the promise");
    Check.that(slot > slots.floor(), "a vowed slot is in memory", slot, slots.floor());
    if (ballot.equals(runBallot) && slot == runTo + 1) {
      runTo = slot;
      return;
    }
    flush();
    runBallot = ballot;
    runFrom = slot;
    runTo = slot;
  }

  void refuse(Ballot ballot, Ballot bound) {
    if (ballot.node() != self) {
      out.event(new Event.Refused(ballot, bound, ballot.node()));
    }
    out.say(ballot.node(), new Message.Reject(ballot, bound));
  }
}
