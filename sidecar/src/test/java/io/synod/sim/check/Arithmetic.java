package io.synod.sim.check;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Formation;

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

  /** Whether this node with this disk is one of the voters. */
  public static boolean isVoter(Formation formed, int node, long incarnation) {
    return formed.voters().entrySet().stream()
        .anyMatch(voter -> voter.getKey() == node && voter.getValue() == incarnation);
  }

  /** Whether this many votes are more than half of the voters. */
  public static boolean isQuorum(int votes, Formation formed) {
    return votes > formed.voters().size() - votes;
  }
}
