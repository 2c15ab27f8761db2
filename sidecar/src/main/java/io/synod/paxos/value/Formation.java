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
 */
public record Formation(SortedMap<Integer, Long> voters) {

  /** Copies the map. */
  public Formation(Map<Integer, Long> voters) {
    this(Collections.unmodifiableSortedMap(new TreeMap<>(voters)));
  }

  /** Takes {@code voters} over: the caller must not change it afterwards. */
  public Formation {
    Check.that(!voters.isEmpty(), "a formation has a voter");
  }

  /** How many of the voters make a quorum: a majority. */
  public int quorum() {
    return voters.size() / 2 + 1;
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
      digest = (digest ^ voter.getKey()) * 0x9E3779B97F4A7C15L;
      digest ^= digest >>> 29;
      digest = (digest ^ voter.getValue()) * 0xBF58476D1CE4E5B9L;
      digest ^= digest >>> 32;
    }
    return digest == 0 ? 1 : digest;
  }
}
