package io.synod.paxos;

import io.synod.paxos.value.Formation;
import java.util.Set;
import java.util.TreeSet;

/** Counts voters, each once, until they are a quorum of one formation. */
final class VoterCount {
  private final Formation formation;
  private final Set<Integer> nodes = new TreeSet<>();

  VoterCount(Formation formation) {
    this.formation = formation;
  }

  /** Counts {@code node}, if it is a voter and was not counted. */
  void add(int node) {
    if (formation.voters().containsKey(node)) {
      nodes.add(node);
    }
  }

  boolean has(int node) {
    return nodes.contains(node);
  }

  boolean isQuorum() {
    return nodes.size() >= formation.quorum();
  }
}
