package io.synod.paxos.value;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The initial membership: the voters and the incarnations of their disks when the cluster formed. A
 * node that returns with another incarnation has lost its promises, so it is none of these voters.
 *
 * @param voters the incarnation of each voter, by node
 * @param origin what the disks of all voters held before
 */
public record Formation(SortedMap<Integer, Long> voters, Origin origin) {

  /** A formation of voters whose disks were empty; copies the map. */
  public Formation(Map<Integer, Long> voters) {
    this(voters, Origin.EMPTY);
  }

  /** Copies the map. */
  public Formation(Map<Integer, Long> voters, Origin origin) {
    this(Collections.unmodifiableSortedMap(new TreeMap<>(voters)), origin);
  }

  /** Takes {@code voters} over: the caller must not change it afterwards. */
  public Formation {
    Check.that(!voters.isEmpty(), "a formation has a voter");
  }

  /** How many of the voters make a quorum. */
  public int quorum() {
    return majority(voters.size());
  }

  /** How many of so many voters are a majority. */
  static int majority(int voters) {
    return voters / 2 + 1;
  }

  /** Whether this node votes with this disk. */
  public boolean isVoter(int node, long incarnation) {
    Long known = voters.get(node);
    return known != null && known == incarnation;
  }

  /**
   * A digest that identifies the formation. Every message carries it, so that two clusters never
   * mix.
   */
  public long digest() {
    long digest = 0x53594e4f44L;
    for (Map.Entry<Integer, Long> voter : voters.entrySet()) {
      digest = mixed(digest, voter.getKey(), voter.getValue());
    }
    if (!origin.isEmpty()) {
      digest = mixed(digest, origin.slot(), origin.digest());
      digest = mixed(digest, origin.restore(), 0);
    }
    return digest == 0 ? 1 : digest;
  }

  private static long mixed(long digest, long first, long second) {
    long mixed = (digest ^ first) * 0x9E3779B97F4A7C15L;
    mixed ^= mixed >>> 29;
    mixed = (mixed ^ second) * 0xBF58476D1CE4E5B9L;
    return mixed ^ (mixed >>> 32);
  }
}
