package io.synod.paxos;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which slots are chosen, and hands them out once, in order and without a gap.
 *
 * <p>A leader's word that slots up to some point are chosen is believed only of slots accepted here
 * at that leader's very ballot: at another ballot this node may hold another value. The rest is
 * asked for, one page at a time, from a peer that has it.
 */
final class Learner {
  private final Slots slots;
  private final Settings settings;
  private final Outbox out;
  // Chosen slots above the prefix, with how that became known.
  private final TreeMap<Long, Chosen.How> ahead = new TreeMap<>();
  // Invariant: every slot up to here is chosen and was handed out; never falls.
  private long chosenThrough;
  // Commands in the slots up to chosenThrough.
  private long commands;
  private final LogTime logTime;
  // The highest slot anybody said to be chosen.
  private long heardThrough;
  // The highest index anybody said to be that of a chosen command.
  private long heardIndex;
  private Ballot trusted = Ballot.NONE;
  // The highest ballot at which a slot was learned to be chosen.
  private Ballot learnedAt = Ballot.NONE;
  private long trustedThrough;
  // When this node began to lack slots, or Long.MIN_VALUE while it lacks none.
  private long behindSinceNanos = Long.MIN_VALUE;
  private long askedAtNanos = Long.MIN_VALUE;
  private int askedNode;
  // The last node that was asked and did not answer in time.
  private int silentNode;

  Learner(Recovered recovered, Slots slots, Settings settings, Outbox out, long logTimeMillis) {
    this.slots = slots;
    this.settings = settings;
    this.out = out;
    this.chosenThrough = recovered.archivedThrough();
    this.commands = recovered.archivedCommands();
    this.logTime = new LogTime(logTimeMillis);
    this.heardThrough = recovered.chosenThrough();
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

  long heardThrough() {
    return heardThrough;
  }

  /** The highest index that is known here to be that of a chosen command. */
  long heardIndex() {
    return Math.max(commands, heardIndex);
  }

  /** Log time, which is no earlier than that of the last chosen slot. */
  LogTime logTime() {
    return logTime;
  }

  /**
   * The highest ballot at which this node learned that something was chosen: a quorum promised it,
   * so nobody may lead below it, nor vouch for chosen slots in the name of a lower one.
   */
  Ballot learnedAt() {
    return learnedAt;
  }

  boolean isChosen(long slot) {
    return slot <= chosenThrough || ahead.containsKey(slot);
  }

  /**
   * Takes a proposal that is known to be chosen. One that is beyond reach and finds no room is
   * asked for again when its turn comes: somebody else knows it, for a leader proposes none there.
   */
  void learn(Proposal proposal, Chosen.How how) {
    long slot = proposal.slot();
    heardThrough = Math.max(heardThrough, slot);
    learnedAt = learnedAt.max(proposal.ballot());
    if (isChosen(slot) || !slots.hasRoomFor(slot, chosenThrough, settings)) {
      return;
    }
    Proposal held = slots.get(slot);
    if (held == null || proposal.ballot().above(held.ballot())) {
      slots.put(proposal);
      out.write(new Write.Learned(proposal));
    } else {
      // A vote at the same or a higher ballot stands; it can only be for the same value.
      Check.that(held.batch().equals(proposal.batch()), "nothing else is voted for once chosen");
    }
    ahead.put(slot, how);
    advance();
  }

  /** Every slot up to there is in a snapshot, which is further than was known here. */
  void installed(Input.Installed installed) {
    chosenThrough = installed.slot();
    commands = installed.commands();
    logTime.inherit(installed.logTimeMillis());
    hear(chosenThrough);
    ahead.headMap(chosenThrough, true).clear();
    slots.jump(chosenThrough);
    behindSinceNanos = Long.MIN_VALUE;
    askedAtNanos = Long.MIN_VALUE;
    silentNode = 0;
    advance();
  }

  /** The leader of {@code ballot} says that every slot up to {@code through} is chosen. */
  void believe(Ballot ballot, long through) {
    heardThrough = Math.max(heardThrough, through);
    if (!trusted.above(ballot)) {
      trustedThrough = ballot.equals(trusted) ? Math.max(trustedThrough, through) : through;
      trusted = ballot;
      advance();
    }
  }

  /** Somebody knows the slots up to {@code through} to be chosen. */
  void hear(long through) {
    heardThrough = Math.max(heardThrough, through);
  }

  /** As above, and the last command in them has this index. */
  void hear(long through, long index) {
    hear(through);
    heardIndex = Math.max(heardIndex, index);
  }

  /** Takes a page of chosen slots. */
  void learned(Message.Learned page) {
    for (Proposal proposal : page.chosen()) {
      learn(proposal, Chosen.How.CATCH_UP);
    }
    hear(page.chosenThrough());
    askedAtNanos = Long.MIN_VALUE;
    silentNode = 0;
  }

  /** Answers a page of chosen slots, out of memory or out of the journal. */
  void answer(int to, long from) {
    if (from > chosenThrough || from < 1) {
      return;
    }
    if (from <= slots.floor()) {
      out.fetch(to, from);
      return;
    }
    out.say(
        to,
        new Message.Learned(
            from, slots.page(from, chosenThrough, settings.pageBytesMax()), chosenThrough));
  }

  /**
   * Asks for what is lacking, if it has been lacking for a while.
   *
   * @param eager whether this node is sent no proposals of its own, and so never waits for one
   * @param leader the leader's node, or 0
   * @return when to call again
   */
  long catchUp(long nowNanos, boolean eager, int leader, Links links) {
    if (heardThrough <= chosenThrough) {
      behindSinceNanos = Long.MIN_VALUE;
      return Long.MAX_VALUE;
    }
    if (behindSinceNanos == Long.MIN_VALUE) {
      behindSinceNanos = nowNanos;
    }
    long patience = settings.resendNanos() / 4;
    boolean far = heardThrough - chosenThrough > 2L * settings.windowSlots();
    if (!eager && !far && nowNanos - behindSinceNanos < patience) {
      return behindSinceNanos + patience;
    }
    if (askedAtNanos != Long.MIN_VALUE && nowNanos - askedAtNanos < settings.resendNanos()) {
      return askedAtNanos + settings.resendNanos();
    }
    if (askedAtNanos != Long.MIN_VALUE) {
      silentNode = askedNode;
    }
    int source = links.source(nowNanos, chosenThrough + 1, leader, silentNode);
    if (source == 0) {
      return nowNanos + settings.resendNanos();
    }
    askedAtNanos = nowNanos;
    askedNode = source;
    out.say(source, new Message.LearnRequest(chosenThrough + 1));
    return nowNanos + settings.resendNanos();
  }

  private void advance() {
    while (true) {
      long slot = chosenThrough + 1;
      Proposal proposal = slots.get(slot);
      Chosen.How how = how(slot, proposal);
      if (how == null || proposal == null) {
        return;
      }
      ahead.remove(slot);
      chosenThrough = slot;
      behindSinceNanos = Long.MIN_VALUE;
      logTime.inherit(proposal.batch().logTimeMillis());
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
    boolean told = slot <= trustedThrough && proposal.ballot().equals(trusted);
    return told ? Chosen.How.FROM_LEADER : null;
  }
}
