package io.synod.sim.check;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Formation;

/**
 * The judges' own arithmetic of ballots and quorums, written a second time: a judge that counts
 * with the code it judges finds nothing where that code miscounts.
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

  /** The higher of the two. */
  static Ballot highest(Ballot one, Ballot other) {
    return isAbove(one, other) ? one : other;
  }

  /** Whether this disk is one of the voters. */
  public static boolean isVoter(Formation formed, int node, long incarnation) {
    return formed.voters().entrySet().stream()
        .anyMatch(voter -> voter.getKey() == node && voter.getValue() == incarnation);
  }

  /** Whether so many voters are more than half of all. */
  public static boolean isQuorum(int votes, Formation formed) {
    return votes > formed.voters().size() - votes;
  }
}
