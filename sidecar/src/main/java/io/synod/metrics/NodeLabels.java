package io.synod.metrics;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The identity of the measured node, as labels.
 *
 * @param cluster the cluster's name
 * @param self this node's number
 * @param names the configured name of every node, this one included, by number
 * @param version the version of this program
 * @param revision the revision of its source
 */
public record NodeLabels(
    String cluster, int self, SortedMap<Integer, String> names, String version, String revision) {

  /** Copies the names. */
  public NodeLabels {
    if (!names.containsKey(self)) {
      throw new IllegalArgumentException("node " + self + " is not among the named nodes");
    }
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
  }

  /** This node's name. */
  public String selfName() {
    return name(self);
  }

  /** The name of a node; its number in digits if it was never named. */
  public String name(int node) {
    String name = names.get(node);
    return name == null ? Integer.toString(node) : name;
  }

  /** The other nodes: the only values that a label {@code peer} ever has. */
  public SortedMap<Integer, String> peers() {
    Map<Integer, String> others = new TreeMap<>(names);
    others.remove(self);
    return new TreeMap<>(others);
  }
}
