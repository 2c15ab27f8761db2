package io.synod.runtime.snapshot;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Memberships;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.turn.StoredMemberships;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Applies the slots of a log to a state. */
public final class LogReplay {
  private LogReplay() {}

  /**
   * Applies the next slot.
   *
   * @param membershipDistance how many slots after its own a membership governs
   * @throws io.synod.state.encoding.LevelException if this version does not support a level to
   *     which the slot raises the cluster
   */
  public static SlotResult apply(Machine machine, Proposal proposal, int membershipDistance) {
    long slot = proposal.slot();
    Batch batch = proposal.batch();
    Membership membership = batch.membership();
    if (membership != null) {
      Memberships before = StoredMemberships.of(machine.state());
      Memberships after = Memberships.extended(before, slot, membership, membershipDistance);
      return machine.apply(
          slot, batch.logTimeMillis(), StoredMemberships.encode(after), replaced(before, after));
    }
    List<byte[]> commands = new ArrayList<>(batch.count());
    for (Command command : batch.commands()) {
      commands.add(command.bytes());
    }
    return machine.apply(slot, batch.logTimeMillis(), commands);
  }

  /** The nodes whose disks are retired by the last of these memberships. */
  private static Set<Integer> replaced(@Nullable Memberships before, @Nullable Memberships after) {
    Set<Member> retired = new TreeSet<>(after == null ? Set.of() : after.newest().retired());
    retired.removeAll(before == null ? Set.of() : before.newest().retired());
    return retired.stream().map(Member::node).collect(Collectors.toSet());
  }

  /** The memberships in the log of this state. */
  public static Memberships memberships(Formation formation, State state) {
    return Memberships.of(formation, StoredMemberships.of(state));
  }
}
