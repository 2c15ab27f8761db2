package io.synod.sim.check;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Member;
import java.util.Collection;
import java.util.Set;

/**
 * The checkers' own arithmetic of ballots and quorums. It is independent of the code under test: a
 * checker that shared that code would not notice its mistakes.
 */
public final class Arithmetic {
  private Arithmetic() {}

  /** Whether {@code one} is above {@code other}: by round, then priority, node and incarnation. */
  public static boolean isAbove(Ballot one, Ballot other) {
    if (one.round() != other.round()) {
      return one.round() > other.round();
    }
    if (one.priority() != other.priority()) {
      return one.priority() > other.priority();
    }
    return one.node() == other.node()
        ? one.incarnation() > other.incarnation()
        : one.node() > other.node();
  }

  /** The higher of two ballots. */
  static Ballot highest(Ballot one, Ballot other) {
    return isAbove(one, other) ? one : other;
  }

  /** Whether more than half of the voters are among these. */
  public static boolean isQuorum(Collection<Member> some, Set<Member> voters) {
    int votes = 0;
    for (Member voter : voters) {
      votes += some.contains(voter) ? 1 : 0;
    }
    return votes > voters.size() - votes;
  }
}
