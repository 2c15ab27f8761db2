package io.synod.paxos;

import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import java.util.Set;
import java.util.TreeSet;

/** Counts voters, each once, until they are a quorum of one membership. */
final class VoterCount {
  private final Membership membership;
  private final Set<Member> counted = new TreeSet<>();

  VoterCount(Membership membership) {
    this.membership = membership;
  }

  /** Counts a member, if it is a voter and was not counted. */
  void add(Member member) {
    if (membership.isVoter(member)) {
      counted.add(member);
    }
  }

  boolean has(Member member) {
    return counted.contains(member);
  }

  boolean isQuorum() {
    return counted.size() >= membership.quorum();
  }
}
