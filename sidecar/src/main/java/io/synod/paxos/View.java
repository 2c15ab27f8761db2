package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import java.util.List;

/**
 * The view of a replica at one moment.
 *
 * @param role its current role
 * @param promised the highest ballot it promised
 * @param leader the ballot of the leader it follows or is; NONE if it has none
 * @param chosenThrough every slot up to here is known to be chosen
 * @param reportedThrough the highest slot that any node reported to be chosen
 * @param reportedIndex the highest index that any node reported for a chosen command
 * @param freshAtNanos the latest moment such that everything chosen by then is known here, on this
 *     node's monotonic clock; {@code Long.MIN_VALUE} if there is none
 * @param leaderReceivedAtNanos when the last message of a leader arrived; {@code Long.MIN_VALUE} if
 *     never
 * @param clockAheadMillis by how much this node's wall clock is ahead of log time, or behind if
 *     negative; 0 while log time is not known
 * @param electorate the voters, and which of them are connected
 * @param peers the other nodes
 */
public record View(
    Role role,
    Ballot promised,
    Ballot leader,
    long chosenThrough,
    long reportedThrough,
    long reportedIndex,
    long freshAtNanos,
    long leaderReceivedAtNanos,
    long clockAheadMillis,
    Electorate electorate,
    List<Peer> peers) {

  /** How many voters there are, with or without their votes. */
  public int voters() {
    return electorate.voters().size();
  }

  /** How many voters answer and may vote, this node included if it may. */
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
   * The voters of the configuration.
   *
   * @param voters in order
   * @param relay a peer that follows a leader while this node follows none; 0 if there is none, or
   *     if this node stands for election or leads, since it then forwards nothing
   * @param candidate the node that stood for election since this node last had a leader; 0 if none
   *     is known
   * @param formationBlockedBy the voters because of whose disks the cluster cannot form; none if it
   *     is formed, or may still form
   * @param restoredOtherwise the voters because of which the cluster cannot form, since they were
   *     not restored from the backup from which others were; none if all have the same origin
   * @param fullVoters the voters whose logs have no space, if because of them the leader chooses
   *     nothing, according to that leader; otherwise none
   */
  public record Electorate(
      List<Voter> voters,
      int relay,
      int candidate,
      List<Integer> formationBlockedBy,
      List<Integer> restoredOtherwise,
      List<Integer> fullVoters) {

    /** The electorate of voters with the same origin. */
    public Electorate(
        List<Voter> voters,
        int relay,
        int candidate,
        List<Integer> formationBlockedBy,
        List<Integer> fullVoters) {
      this(voters, relay, candidate, formationBlockedBy, List.of(), fullVoters);
    }
  }

  /**
   * A voter of the configuration.
   *
   * @param connected whether it answered lately, or is this node
   * @param full whether its log has no space, so that it accepts nothing
   */
  public record Voter(int node, Vote vote, boolean connected, boolean full) {}

  /** Whether a voter of the configuration may vote. */
  public enum Vote {
    /**
     * The cluster has not formed, or nothing has arrived from the voter since this node started.
     */
    UNKNOWN,
    /** It has the disk that the newest membership names. */
    HELD,
    /** It has another disk, so its promises are lost; the leader may replace it. */
    LOST
  }

  /**
   * Another node, as seen from here.
   *
   * @param connected whether it answered lately
   * @param chosenThrough the last slot that it reported to know as chosen
   * @param roundTripNanos of its last answer; -1 if none
   */
  public record Peer(int node, boolean connected, long chosenThrough, long roundTripNanos) {}

  /** The role of a replica. */
  public enum Role {
    /** Waits until all voters have exchanged greetings. */
    FORMING,
    /** Learns and does not vote. */
    LEARNER,
    /** Votes, and follows a leader or waits for one. */
    FOLLOWER,
    /** Stands for election. */
    CANDIDATE,
    /** Leads. */
    LEADER
  }
}
