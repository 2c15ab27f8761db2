package io.synod.paxos;

import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import java.util.List;

/** Counts voters, each once, until they are a quorum of each of several memberships. */
final class JointCount {
  private final List<VoterCount> counts;

  JointCount(List<Membership> memberships) {
    this.counts = memberships.stream().map(VoterCount::new).toList();
  }

  /** Counts a member where it is a voter and was not counted. */
  void add(Member member) {
    counts.forEach(count -> count.add(member));
  }

  boolean has(Member member) {
    return counts.stream().anyMatch(count -> count.has(member));
  }

  boolean isQuorum() {
    return counts.stream().allMatch(VoterCount::isQuorum);
  }
}
