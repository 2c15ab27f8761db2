package io.synod.paxos.value;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The voters that decide a slot, at most one for each node.
 *
 * @param voters the voters
 */
public record Membership(SortedSet<Member> voters) {

  /** Copies the set. */
  public Membership {
    voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    Check.that(!voters.isEmpty(), "a membership has a voter");
    Check.that(
        voters.stream().mapToInt(Member::node).distinct().count() == voters.size(),
        "a node votes with one disk");
  }

  /** The membership of a cluster when it formed. */
  public static Membership of(Formation formation) {
    SortedSet<Member> voters = new TreeSet<>();
    formation.voters().forEach((node, incarnation) -> voters.add(new Member(node, incarnation)));
    return new Membership(voters);
  }

  /** How many of the voters make a quorum. */
  public int quorum() {
    return Formation.majority(voters.size());
  }

  /** Whether this member votes. */
  public boolean isVoter(Member member) {
    return voters.contains(member);
  }

  /** Whether this node votes, with whatever disk. */
  public boolean hasNode(int node) {
    SortedSet<Member> from = voters.tailSet(new Member(node, Long.MIN_VALUE));
    return !from.isEmpty() && from.first().node() == node;
  }
}
