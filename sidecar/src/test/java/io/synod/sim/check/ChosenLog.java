package io.synod.sim.check;

import static io.synod.sim.check.Arithmetic.isAbove;
import static io.synod.sim.check.Arithmetic.isQuorum;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The chosen log by definition: it counts the voters' acceptances as they become durable, and
 * relies on no node's report.
 */
public final class ChosenLog {
  private SlotVotes[] slots = new SlotVotes[64];
  private @Nullable Formation formation;
  private final VotersBySlot votersBySlot;
  private long prefix;
  private final List<Command> commands = new ArrayList<>();
  private final List<Long> slotOf = new ArrayList<>();
  private long chosenCount;

  /** The votes in one slot. */
  public static final class SlotVotes {
    private final List<Tally> tallies = new ArrayList<>(1);
    private @Nullable Proposal chosen;

    /** The first proposal that a quorum accepted durably; null if there is none. */
    public @Nullable Proposal chosen() {
      return chosen;
    }
  }

  private static final class Tally {
    private final Proposal proposal;
    private final Set<Member> members = new TreeSet<>();

    private Tally(Proposal proposal) {
      this.proposal = proposal;
    }
  }

  /** Creates it; a membership governs slots that are this distance after its own. */
  public ChosenLog(int membershipDistance) {
    this.votersBySlot = new VotersBySlot(membershipDistance);
  }

  /** The voters of each slot. */
  public VotersBySlot votersBySlot() {
    return votersBySlot;
  }

  /** The formation, once a node reported it; null before. */
  public @Nullable Formation formation() {
    return formation;
  }

  /** Whether a value was proposed in the slot below this ballot. */
  public boolean wasProposedBelow(long slot, Ballot ballot) {
    for (Tally known : slot(slot).tallies) {
      if (isAbove(ballot, known.proposal.ballot())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a no-op at this ballot fills a slot that earlier leaders left open. */
  public boolean isHole(long slot, Ballot ballot) {
    for (Tally known : slot(slot).tallies) {
      if (isAbove(ballot, known.proposal.ballot()) && known.proposal.batch().isNoOp()) {
        return false;
      }
    }
    return wasProposedBelow(slot + 1, ballot);
  }

  /** The last slot of the prefix in which every slot is chosen. */
  public long prefix() {
    return prefix;
  }

  /** The number of chosen slots. */
  public long chosenCount() {
    return chosenCount;
  }

  /** The number of commands in the prefix. */
  public int commands() {
    return commands.size();
  }

  /** The number of commands in the slots up to this one, which must not be above the prefix. */
  public long commandsThrough(long slot) {
    int low = 0;
    int high = slotOf.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (slotOf.get(middle) <= slot) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The command with this index, from 1; null if it is beyond the prefix. */
  public @Nullable Command command(long index) {
    return index < 1 || index > commands.size() ? null : commands.get((int) index - 1);
  }

  /** The slot of the command with this index. */
  public long slotOf(long index) {
    return slotOf.get((int) index - 1);
  }

  /** The proposal chosen in the slot, or null. */
  public @Nullable Proposal chosen(long slot) {
    return slot < 1 || slot >= slots.length || slots[(int) slot] == null
        ? null
        : slots[(int) slot].chosen;
  }

  /** Records the formation, and fails if another one was recorded. */
  public void form(Formation formed) {
    if (formation != null && !formation.equals(formed)) {
      throw new Violation("I22", "two formations: " + formation + " and " + formed);
    }
    formation = formed;
    votersBySlot.form(formed);
  }

  /** The value first seen at this ballot in this slot; the first call records its value. */
  public Batch firstAt(Proposal proposal) {
    return tally(proposal).proposal.batch();
  }

  /** Counts a durable vote. Returns the slot with its votes. */
  public SlotVotes vote(ObservedNode observedNode, Proposal proposal) {
    Tally tally = tally(proposal);
    SlotVotes slot = slot(proposal.slot());
    tally.members.add(observedNode.member());
    Set<Member> voters = votersBySlot.of(proposal.slot());
    if (slot.chosen == null && isQuorum(tally.members, voters)) {
      slot.chosen = proposal;
      chosenCount++;
      advance();
    }
    return slot;
  }

  /** The proposal that a write votes for; null if the write is no vote. */
  static @Nullable public Proposal votedFor(Write write) {
    return write instanceof Write.Accepted accepted ? accepted.proposal() : null;
  }

  /** Whether a quorum of voters has, or had, accepted exactly this proposal durably. */
  public boolean hadQuorum(Proposal proposal) {
    return isQuorum(tally(proposal).members, votersBySlot.of(proposal.slot()));
  }

  private Tally tally(Proposal proposal) {
    SlotVotes slot = slot(proposal.slot());
    for (Tally known : slot.tallies) {
      if (known.proposal.ballot().equals(proposal.ballot())) {
        return known;
      }
    }
    Tally added = new Tally(proposal);
    slot.tallies.add(added);
    return added;
  }

  private SlotVotes slot(long number) {
    int at = (int) number;
    if (at >= slots.length) {
      slots = Arrays.copyOf(slots, Math.max(at + 1, slots.length * 2));
    }
    SlotVotes slot = slots[at];
    if (slot == null) {
      slot = new SlotVotes();
      slots[at] = slot;
    }
    return slot;
  }

  private void advance() {
    for (Proposal next = chosen(prefix + 1); next != null; next = chosen(prefix + 1)) {
      prefix++;
      Membership membership = next.batch().membership();
      if (membership != null) {
        votersBySlot.chosen(prefix, membership);
      }
      for (Command command : next.batch().commands()) {
        commands.add(command);
        slotOf.add(prefix);
      }
    }
  }

  /** The ballot at which the slot was first chosen; NONE if it is not chosen. */
  public Ballot chosenAt(long slot) {
    Proposal chosen = chosen(slot);
    return chosen == null ? Ballot.NONE : chosen.ballot();
  }
}
