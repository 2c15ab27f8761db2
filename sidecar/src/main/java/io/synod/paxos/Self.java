package io.synod.paxos;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Member;
import java.util.SortedSet;

/**
 * The identity of a replica.
 *
 * @param node this node, from 1
 * @param incarnation the identity of this node's disk
 * @param priority the leader priority; a node with a higher one stands for election earlier
 * @param voters the nodes that form the cluster
 * @param peers all other nodes, voters and learners
 */
public record Self(
    int node, long incarnation, int priority, SortedSet<Integer> voters, SortedSet<Integer> peers) {

  /** Checks that the parts are consistent. */
  public Self {
    Check.that(node > 0, "a node's number is positive");
    Check.that(!voters.isEmpty(), "a cluster has a voter");
    Check.that(!peers.contains(node), "a node is not its own peer");
  }

  /** This node with its disk. */
  public Member member() {
    return new Member(node, incarnation);
  }
}
