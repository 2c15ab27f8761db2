package io.synod.paxos;

import io.synod.paxos.value.Check;
import java.util.SortedSet;

/**
 * Who a replica is.
 *
 * @param node this node, from 1
 * @param incarnation the identity of this node's disk
 * @param priority how much it wants to lead; higher stands for election earlier
 * @param voters the nodes that shall form the cluster
 * @param peers all other nodes, voters and learners
 */
public record Self(
    int node, long incarnation, int priority, SortedSet<Integer> voters, SortedSet<Integer> peers) {

  /** Checks that the parts agree. */
  public Self {
    Check.that(node > 0, "a node's number is positive");
    Check.that(!voters.isEmpty(), "a cluster has a voter");
    Check.that(!peers.contains(node), "a node is not its own peer");
  }
}
