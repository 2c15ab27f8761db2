package io.synod.paxos;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Memberships;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memberships that this node knows to govern the slots after its chosen prefix: a function of
 * the formation and of that prefix.
 */
final class KnownMemberships {
  private final int distance;
  private final Outbox out;
  private @Nullable Formation formation;
  private @Nullable Memberships memberships;

  /**
   * Creates it from the state of a disk.
   *
   * @param chosen the memberships that were chosen up to the last archived slot since the cluster
   *     formed; null if none was
   * @param distance how many slots after its own a membership governs
   */
  KnownMemberships(Recovered recovered, @Nullable Memberships chosen, int distance, Outbox out) {
    this.distance = distance;
    this.out = out;
    Formation agreed = recovered.agreed();
    if (recovered.formed() && agreed != null) {
      formation = agreed;
      memberships = Memberships.of(agreed, chosen);
    }
  }

  /** The memberships of a cluster that is formed. */
  Memberships get() {
    return Objects.requireNonNull(memberships);
  }

  /** The cluster is formed. */
  void onFormed(Formation formed) {
    if (memberships == null) {
      formation = formed;
      memberships = Memberships.of(formed);
    }
  }

  /** A snapshot replaced the chosen prefix, in which these were chosen; null if none was. */
  void onInstalled(@Nullable Memberships chosen) {
    if (chosen != null) {
      memberships = chosen.since(Objects.requireNonNull(formation));
    }
  }

  /** The next slot is chosen. */
  void onChosen(Proposal proposal) {
    Membership chosen = proposal.batch().membership();
    if (chosen != null) {
      long slot = proposal.slot();
      memberships = get().after(slot, chosen, distance).since(slot);
      long fromSlot = get().newest().equals(chosen) ? get().newestFrom() : 0;
      out.event(new Event.MembershipChosen(slot, chosen, fromSlot));
    }
  }
}
