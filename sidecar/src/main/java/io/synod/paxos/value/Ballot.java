package io.synod.paxos.value;

/**
 * The number of one attempt to lead, totally ordered: round first, then priority, node and
 * incarnation. A ballot is durable before it is used and never used again, so it has one owner for
 * ever [PMS §2.2].
 *
 * @param round counts attempts; 0 only in {@link #NONE}
 * @param priority the leader priority of its owner; higher wins among equal rounds
 * @param node the owner
 * @param incarnation the identity of the owner's disk, so that a wiped node cannot reuse a ballot
 */
public record Ballot(long round, int priority, int node, long incarnation)
    implements Comparable<Ballot> {

  /** Below every ballot that anyone can own. */
  public static final Ballot NONE = new Ballot(0, 0, 0, 0);

  /** Whether this is {@link #NONE}. */
  public boolean isNone() {
    return round == 0;
  }

  /** The member that may use it. */
  public Member owner() {
    return new Member(node, incarnation);
  }

  /** Whether this ballot is above {@code other}. */
  public boolean above(Ballot other) {
    return compareTo(other) > 0;
  }

  /** The higher of the two. */
  public Ballot max(Ballot other) {
    return compareTo(other) >= 0 ? this : other;
  }

  @Override
  public int compareTo(Ballot other) {
    int byRound = Long.compare(round, other.round);
    if (byRound != 0) {
      return byRound;
    }
    int byPriority = Integer.compare(priority, other.priority);
    if (byPriority != 0) {
      return byPriority;
    }
    int byNode = Integer.compare(node, other.node);
    return byNode != 0 ? byNode : Long.compare(incarnation, other.incarnation);
  }

  @Override
  public String toString() {
    return isNone() ? "none" : round + "." + node;
  }
}
