package io.synod.paxos.value;

import java.util.Comparator;

/**
 * A node with its disk. A node that returns with another disk has lost its promises and votes, so
 * it is another member.
 *
 * @param node the number of the node
 * @param incarnation the identity of its disk
 */
public record Member(int node, long incarnation) implements Comparable<Member> {
  private static final Comparator<Member> ORDER =
      Comparator.comparingInt(Member::node).thenComparingLong(Member::incarnation);

  /** Orders members by node, then by disk. */
  @Override
  public int compareTo(Member other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return node + "@" + Long.toHexString(incarnation);
  }
}
