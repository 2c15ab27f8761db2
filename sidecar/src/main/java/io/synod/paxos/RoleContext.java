package io.synod.paxos;

import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/** What all roles share: the identity of the node, its settings, and the parts of the replica. */
record RoleContext(
    Self self, Settings settings, Connectivity connectivity, Learner learner, Outbox out) {

  /** Whether this node's disk is a voter of the newest known membership. */
  boolean isVoter() {
    return learner.memberships().get().newest().isVoter(self.member());
  }

  /** Whether this node's disk is no voter any more, and no open slot needs its vote. */
  boolean isRemoved() {
    return !isVoter() && memberships().size() == 1;
  }

  /** Whether this member votes in one of {@link #memberships}. */
  boolean isVoter(Member member) {
    for (Membership membership : memberships()) {
      if (membership.isVoter(member)) {
        return true;
      }
    }
    return false;
  }

  /** The memberships that govern slots that are not in the chosen prefix; the oldest first. */
  List<Membership> memberships() {
    return learner.memberships().get().from(learner.chosenThrough() + 1);
  }

  /** The membership that governs the first slot that is not in the chosen prefix. */
  Membership membership() {
    return membership(learner.chosenThrough() + 1);
  }

  /** The membership that governs this slot. */
  Membership membership(long slot) {
    return learner.memberships().get().of(slot);
  }

  /** The voters of {@link #memberships}. */
  SortedSet<Member> voters() {
    SortedSet<Member> voters = new TreeSet<>();
    memberships().forEach(membership -> voters.addAll(membership.voters()));
    return voters;
  }

  /** Whether this node votes in one of {@link #memberships}, with whatever disk. */
  boolean hasVoter(int node) {
    return memberships().stream().anyMatch(membership -> membership.hasNode(node));
  }

  /** Whether this count is that of a quorum in each of {@link #memberships}. */
  boolean isQuorum(ToIntFunction<Membership> count) {
    for (Membership membership : memberships()) {
      if (count.applyAsInt(membership) < membership.quorum()) {
        return false;
      }
    }
    return true;
  }
}
