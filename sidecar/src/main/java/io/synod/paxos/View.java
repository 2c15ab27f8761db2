package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import java.util.List;

/**
 * What a replica believes at one moment.
 *
 * @param role what it does
 * @param promised the highest ballot it promised
 * @param leader the ballot of the leader it follows or is; NONE if it hears none
 * @param chosenThrough every slot up to here is known to be chosen
 * @param heardThrough the highest slot that anybody said to be chosen
 * @param heardIndex the highest index that anybody said to be that of a chosen command
 * @param freshAtNanos the latest moment at which everything then chosen is known here, on this
 *     node's monotonic clock; {@code Long.MIN_VALUE} if there is none
 * @param heardAtNanos when a leader was last heard; {@code Long.MIN_VALUE} if never
 * @param clockAheadMillis by how much this node's wall clock is ahead of log time, or behind if
 *     negative; 0 while log time is not known
 * @param electorate who may vote, and who is reached
 * @param peers the other nodes
 */
public record View(
    Role role,
    Ballot promised,
    Ballot leader,
    long chosenThrough,
    long heardThrough,
    long heardIndex,
    long freshAtNanos,
    long heardAtNanos,
    long clockAheadMillis,
    Electorate electorate,
    List<Peer> peers) {

  /** How many voters there are, whether they still have their votes or not. */
  public int voters() {
    return electorate.voters().size();
  }

  /** How many voters answer and may vote, this node among them if it may. */
  public int reachable() {
    int reachable = 0;
    for (Voter voter : electorate.voters()) {
      reachable += voter.connected() && voter.vote() != Vote.LOST ? 1 : 0;
    }
    return reachable;
  }

  /** How many voters make a quorum. */
  public int quorum() {
    return voters() / 2 + 1;
  }

  /**
   * Who may vote.
   *
   * @param voters of the configuration, in order
   * @param relay a peer that hears a leader while this node follows none; 0 if there is none, or
   *     this node stands for election or leads, since it then passes nothing on
   * @param standing who stood for election since a leader was heard; 0 if nobody is known to have
   * @param formationBlockedBy the voters because of whose disks the cluster cannot form; none if it
   *     is formed, or may be soon
   */
  public record Electorate(
      List<Voter> voters, int relay, int standing, List<Integer> formationBlockedBy) {}

  /**
   * A voter of the configuration.
   *
   * @param connected whether it answered lately, or is this node
   * @param full whether its log has no room, so that it accepts nothing
   */
  public record Voter(int node, Vote vote, boolean connected, boolean full) {}

  /** Whether a voter of the configuration may vote. */
  public enum Vote {
    /** The cluster has not formed, or the voter was not heard since this node started. */
    UNKNOWN,
    /** It has the disk that the cluster formed with. */
    HELD,
    /** It has another disk, so nobody knows what it promised. */
    LOST
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
