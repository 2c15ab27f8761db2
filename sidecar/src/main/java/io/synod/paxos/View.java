package io.synod.paxos;

import java.util.List;

/**
 * What a replica believes at one moment.
 *
 * @param role what it does
 * @param promised the highest ballot it promised
 * @param leader the ballot of the leader it follows or is; NONE if it hears none
 * @param voters how many voters there are
 * @param reachable how many voters answer, this node among them
 * @param chosenThrough every slot up to here is known to be chosen
 * @param heardThrough the highest slot that anybody said to be chosen
 * @param heardIndex the highest index that anybody said to be that of a chosen command
 * @param freshAtNanos the latest moment at which everything then chosen is known here, on this
 *     node's monotonic clock; {@code Long.MIN_VALUE} if there is none
 * @param heardAtNanos when a leader was last heard; {@code Long.MIN_VALUE} if never
 * @param clockAheadMillis by how much this node's wall clock is ahead of log time, or behind if
 *     negative; 0 while log time is not known
 * @param formationBlockedBy the voters because of whose disks the cluster cannot form; none if it
 *     is formed, or may be soon
 * @param peers the other nodes
 */
public record View(
    Role role,
    Ballot promised,
    Ballot leader,
    int voters,
    int reachable,
    long chosenThrough,
    long heardThrough,
    long heardIndex,
    long freshAtNanos,
    long heardAtNanos,
    long clockAheadMillis,
    List<Integer> formationBlockedBy,
    List<Peer> peers) {

  /** How many voters make a quorum. */
  public int quorum() {
    return voters / 2 + 1;
  }

  /**
   * Another node, as seen from here.
   *
   * @param connected whether it answered lately
   * @param chosenThrough how far it said it knows the slots to be chosen
   * @param roundTripNanos of its last answer; -1 if none
   */
  public record Peer(int node, boolean connected, long chosenThrough, long roundTripNanos) {}

  /** What a replica does. */
  public enum Role {
    /** Waits until all voters have met. */
    FORMING,
    /** Learns and does not vote. */
    LEARNER,
    /** Votes, and hears a leader or waits for one. */
    FOLLOWER,
    /** Stands for election. */
    CANDIDATE,
    /** Leads. */
    LEADER
  }
}
