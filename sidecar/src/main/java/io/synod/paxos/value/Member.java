package io.synod.paxos.value;

/**
 * A node with its disk. A node that returns with another disk has lost its promises and votes, so
 * it is another member.
 *
 * @param node the number of the node
 * @param incarnation the identity of its disk
 */
public record Member(int node, long incarnation) implements Comparable<Member> {
  /** Orders members by node, then by disk. */
  @Override
  public int compareTo(Member other) {
    int byNode = Integer.compare(node, other.node);
    return byNode != 0 ? byNode : Long.compare(incarnation, other.incarnation);
  }

  @Override
  public String toString() {
    return node + "@" + Long.toHexString(incarnation);
  }
}
