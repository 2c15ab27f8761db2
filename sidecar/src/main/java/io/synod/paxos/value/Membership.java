package io.synod.paxos.value;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The voters that decide a slot, at most one for each node. It is an immutable value of the log.
 *
 * @param epoch counts the memberships of a cluster, from 1; a membership takes effect only as the
 *     successor of the newest one before it
 * @param voters the voters
 * @param retired the former voters whose disks must never vote again
 */
public record Membership(long epoch, SortedSet<Member> voters, SortedSet<Member> retired) {
  static final long FIRST_EPOCH = 1;
  private static final int MEMBER_BYTES = Integer.BYTES + Long.BYTES;

  /** Copies the sets. */
  public Membership {
    voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    retired = Collections.unmodifiableSortedSet(new TreeSet<>(retired));
    Check.that(epoch >= FIRST_EPOCH, "memberships are counted from 1");
    Check.that(!voters.isEmpty(), "a membership has a voter");
    Check.that(
        voters.stream().mapToInt(Member::node).distinct().count() == voters.size(),
        "a node votes with one disk");
    Check.that(Collections.disjoint(voters, retired), "a retired disk does not vote");
  }

  /** The first membership of a cluster that formed. */
  public static Membership of(Formation formation) {
    SortedSet<Member> voters = new TreeSet<>();
    formation.voters().forEach((node, incarnation) -> voters.add(new Member(node, incarnation)));
    return new Membership(FIRST_EPOCH, voters, new TreeSet<>());
  }

  /** The next membership, in which the voter of a node is replaced by the node's new disk. */
  public Membership replacing(Member old, Member replacement) {
    Check.that(isVoter(old), "what is replaced is a voter");
    Check.that(old.node() == replacement.node(), "a node replaces its own disk");
    SortedSet<Member> next = new TreeSet<>(voters);
    next.remove(old);
    next.add(replacement);
    SortedSet<Member> former = new TreeSet<>(retired);
    former.add(old);
    return new Membership(epoch + 1, next, former);
  }

  /** How many of the voters make a quorum. */
  public int quorum() {
    return Formation.majority(voters.size());
  }

  /** Whether this member votes. */
  public boolean isVoter(Member member) {
    return voters.contains(member);
  }

  /** The voter of this node; null if it has none. */
  public @Nullable Member voter(int node) {
    SortedSet<Member> from = voters.tailSet(new Member(node, Long.MIN_VALUE));
    return from.isEmpty() || from.first().node() != node ? null : from.first();
  }

  /** Whether this node votes, with whatever disk. */
  public boolean hasNode(int node) {
    return voter(node) != null;
  }

  /** Its encoding: epoch (8), voters and retired ones, each as a count (4) and members (12). */
  public byte[] encode() {
    int members = voters.size() + retired.size();
    byte[] encoded = new byte[Long.BYTES + 2 * Integer.BYTES + members * MEMBER_BYTES];
    BigEndian.putLong(encoded, 0, epoch);
    put(encoded, put(encoded, Long.BYTES, voters), retired);
    return encoded;
  }

  /** Returns where the members end. */
  private static int put(byte[] encoded, int from, SortedSet<Member> members) {
    BigEndian.putInt(encoded, from, members.size());
    int at = from + Integer.BYTES;
    for (Member member : members) {
      BigEndian.putInt(encoded, at, member.node());
      BigEndian.putLong(encoded, at + Integer.BYTES, member.incarnation());
      at += MEMBER_BYTES;
    }
    return at;
  }

  /**
   * Decodes what {@link #encode} made.
   *
   * @throws IllegalArgumentException if the bytes are not exactly one membership
   */
  public static Membership decode(byte[] encoded) {
    SortedSet<Member> voters = new TreeSet<>();
    SortedSet<Member> retired = new TreeSet<>();
    int end = take(encoded, take(encoded, Long.BYTES, voters), retired);
    long epoch = BigEndian.getLong(encoded, 0);
    boolean valid =
        epoch >= FIRST_EPOCH
            && end == encoded.length
            && !voters.isEmpty()
            && voters.stream().mapToInt(Member::node).distinct().count() == voters.size()
            && Collections.disjoint(voters, retired);
    if (!valid) {
      throw new IllegalArgumentException("a membership whose members cannot be");
    }
    return new Membership(epoch, voters, retired);
  }

  /** Adds the members from here on; returns where they end. */
  private static int take(byte[] encoded, int from, SortedSet<Member> members) {
    int left = encoded.length - from - Integer.BYTES;
    int count = left < 0 ? -1 : BigEndian.getInt(encoded, from);
    if (count < 0 || count > left / MEMBER_BYTES) {
      throw new IllegalArgumentException("a membership that ends too early");
    }
    int at = from + Integer.BYTES;
    for (int i = 0; i < count; i++) {
      int node = BigEndian.getInt(encoded, at);
      members.add(new Member(node, BigEndian.getLong(encoded, at + Integer.BYTES)));
      at += MEMBER_BYTES;
    }
    return at;
  }
}
