package io.synod.sim.check;

import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The voters of each slot, by definition: those of the formation, and later those of the last
 * membership that was chosen a constant distance before the slot or earlier. It is the checkers'
 * own, so that they notice a mistake of the code under test.
 */
public final class VotersBySlot {
  private final int distance;
  private final NavigableMap<Long, Set<Member>> byFirstSlot = new TreeMap<>();
  private long epoch = 1;

  VotersBySlot(int distance) {
    this.distance = distance;
  }

  void form(Formation formed) {
    Set<Member> voters = new TreeSet<>();
    formed.voters().forEach((node, incarnation) -> voters.add(new Member(node, incarnation)));
    byFirstSlot.putIfAbsent(1L, voters);
  }

  /** A membership was chosen, and so was every slot before. */
  void chosen(long slot, Membership membership) {
    if (membership.epoch() == epoch + 1) {
      mustBeOneChange(slot, membership.voters());
      epoch++;
      byFirstSlot.put(slot + distance, Set.copyOf(membership.voters()));
    }
  }

  /** Checks I14: one voter is replaced, and the membership before governs already. */
  private void mustBeOneChange(long slot, Set<Member> voters) {
    long from = byFirstSlot.lastKey();
    Set<Member> left = new TreeSet<>(byFirstSlot.get(from));
    left.removeAll(voters);
    Set<Member> joined = new TreeSet<>(voters);
    joined.removeAll(byFirstSlot.get(from));
    boolean one =
        left.size() == 1
            && joined.size() == 1
            && left.iterator().next().node() == joined.iterator().next().node();
    if (!one || slot < from) {
      throw new Violation(
          "I14",
          "the membership of slot "
              + slot
              + " follows one that governs from slot "
              + from
              + " on: "
              + left
              + " left, "
              + joined
              + " joined");
    }
  }

  /** The voters of this slot; nobody before the cluster is formed. */
  public Set<Member> of(long slot) {
    Map.@Nullable Entry<Long, Set<Member>> known = byFirstSlot.floorEntry(slot);
    return known == null ? Set.of() : known.getValue();
  }

  /** The voters of this slot and of those after it, for each membership. */
  public List<Set<Member>> from(long slot) {
    List<Set<Member>> all = new ArrayList<>(List.of(of(slot)));
    all.addAll(byFirstSlot.tailMap(slot, false).values());
    return all;
  }

  /** How many memberships were chosen and took effect. */
  public long changes() {
    return epoch - 1;
  }
}
