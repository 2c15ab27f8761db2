package io.synod.runtime.node;

import io.synod.paxos.View;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether commands can be chosen, as far as one node knows, and if not, why. Errors, status,
 * alarms, readiness and metrics all derive from it.
 *
 * @param reason why nothing is chosen now, or AVAILABLE
 * @param nodes the nodes that the reason concerns, as each reason states
 * @param votes the voters of the cluster
 */
public record Availability(Reason reason, List<Integer> nodes, Votes votes) {

  /** Why nothing is chosen. */
  public enum Reason {
    /**
     * Commands are chosen: {@code nodes} has the leader, or the peer through which it is reached.
     */
    AVAILABLE,
    /** All voters must connect once before anything is chosen: {@code nodes} are not connected. */
    NOT_FORMED,
    /** The cluster cannot form, because {@code nodes} have other disks than voters agreed to. */
    FORMATION_BLOCKED,
    /**
     * The cluster cannot form, because {@code nodes} were not restored from the backup from which
     * other voters were.
     */
    ORIGINS_DIFFER,
    /** Too few voters are reachable: {@code nodes} are not, though they may vote. */
    NO_QUORUM,
    /** The votes of {@code nodes} are lost with their disks, and the others are no quorum. */
    QUORUM_LOST,
    /**
     * A quorum is reachable, and has no leader: {@code nodes} has the node that last stood for
     * election.
     */
    NO_LEADER,
    /**
     * The disk of this node has no space for the next file of its log; or those of {@code nodes}
     * have none, and the others are no quorum.
     */
    DISK_FULL,
    /** This node is shutting down. */
    STOPPING
  }

  /**
   * The voters of the cluster.
   *
   * @param count how many there are, with a vote or without
   * @param reachable how many of them answer and may vote, this node included if it may
   * @param required how many make a quorum
   * @param lost those whose vote is lost with their disk
   */
  public record Votes(int count, int reachable, int required, List<Integer> lost) {}

  /**
   * The availability that follows from a replica's view.
   *
   * @param full whether the disk here has no space for the next file of the log
   */
  static Availability of(View view, boolean full) {
    Availability elsewhere = of(view);
    return switch (elsewhere.reason) {
      case AVAILABLE, NO_LEADER, DISK_FULL ->
          full ? new Availability(Reason.DISK_FULL, List.of(), elsewhere.votes) : elsewhere;
      default -> elsewhere;
    };
  }

  /** The same, for a node whose disk has space. */
  public static Availability of(View view) {
    List<View.Voter> voters = view.electorate().voters();
    List<Integer> lost = new ArrayList<>();
    List<Integer> missing = new ArrayList<>();
    List<Integer> full = new ArrayList<>();
    for (View.Voter voter : voters) {
      if (voter.vote() == View.Vote.LOST) {
        lost.add(voter.node());
      } else if (!voter.connected()) {
        missing.add(voter.node());
      } else if (voter.full()) {
        full.add(voter.node());
      }
    }
    Votes votes = new Votes(voters.size(), view.reachable(), view.quorum(), lost);
    if (view.role() == View.Role.FORMING) {
      List<Integer> blocking = view.electorate().formationBlockedBy();
      List<Integer> otherOrigins = view.electorate().restoredOtherwise();
      if (blocking.isEmpty() && !otherOrigins.isEmpty()) {
        return new Availability(Reason.ORIGINS_DIFFER, otherOrigins, votes);
      }
      return blocking.isEmpty()
          ? new Availability(Reason.NOT_FORMED, missing, votes)
          : new Availability(Reason.FORMATION_BLOCKED, blocking, votes);
    }
    if (voters.size() - lost.size() < view.quorum()) {
      return new Availability(Reason.QUORUM_LOST, lost, votes);
    }
    boolean reaches = view.reachable() >= view.quorum();
    // A leader counts the voters that it reaches itself.
    boolean leads = view.role() == View.Role.LEADER;
    int able = leads ? view.reachable() : voters.size() - lost.size();
    if (reaches && able - full.size() < view.quorum()) {
      return new Availability(Reason.DISK_FULL, full, votes);
    }
    // A leader that this node reaches through a peer counts only while a quorum answers that
    // leader.
    int leader = view.leader().isNone() ? view.electorate().relay() : view.leader().node();
    if (leader != 0 && (reaches || !leads)) {
      List<Integer> reported = view.electorate().fullVoters();
      return reported.isEmpty()
          ? new Availability(Reason.AVAILABLE, List.of(leader), votes)
          : new Availability(Reason.DISK_FULL, reported, votes);
    }
    if (!reaches) {
      return new Availability(Reason.NO_QUORUM, missing, votes);
    }
    int standing = view.electorate().candidate();
    return new Availability(Reason.NO_LEADER, standing == 0 ? List.of() : List.of(standing), votes);
  }

  /** The availability of a node whose disk has no space for its decisions. */
  static Availability diskFull(View view) {
    return new Availability(Reason.DISK_FULL, List.of(), of(view).votes);
  }

  /** The same, for a node that is shutting down. */
  static Availability stopping(View view) {
    return new Availability(Reason.STOPPING, List.of(), of(view).votes());
  }

  /** Whether commands are chosen, as far as this node knows. */
  public boolean isAvailable() {
    return reason == Reason.AVAILABLE;
  }

  /** Whether nothing can be chosen unless an operator acts. */
  public boolean isForGood() {
    return reason == Reason.QUORUM_LOST || cannotForm();
  }

  /** Whether the cluster cannot form unless an operator acts. */
  public boolean cannotForm() {
    return reason == Reason.FORMATION_BLOCKED || reason == Reason.ORIGINS_DIFFER;
  }

  /**
   * Whether waiting some seconds is useless: only the election of a leader is worth waiting for.
   */
  public boolean isUnrecoverable() {
    return switch (reason) {
      case AVAILABLE, NO_LEADER, DISK_FULL -> false;
      case NOT_FORMED -> !nodes.isEmpty();
      case FORMATION_BLOCKED, ORIGINS_DIFFER, NO_QUORUM, QUORUM_LOST, STOPPING -> true;
    };
  }

  /** Why a call was not served after it waited, on one line. */
  public String why() {
    return switch (reason) {
      case AVAILABLE ->
          "the deadline passed before the leader, reached through node "
              + nodes.get(0)
              + ", answered";
      case NOT_FORMED ->
          nodes.isEmpty()
              ? "the cluster is forming: all voters are connected, and agree with each other now"
              : "the cluster has not formed: it waits for "
                  + named(nodes)
                  + ", and has reached "
                  + votes.reachable
                  + " of "
                  + votes.count
                  + " voters";
      case FORMATION_BLOCKED -> blocked(nodes);
      case ORIGINS_DIFFER -> restoredOtherwise(nodes);
      case NO_QUORUM ->
          votes.reachable
              + " of "
              + votes.count
              + " voters can be reached, "
              + votes.required
              + " are required; "
              + named(nodes)
              + (nodes.size() == 1 ? " is missing" : " are missing");
      case QUORUM_LOST ->
          "nothing can be chosen any more: "
              + lost()
              + ", and "
              + votes.required
              + " of "
              + votes.count
              + " are required";
      case NO_LEADER ->
          "no node leads yet"
              + (nodes.isEmpty() ? "" : "; " + named(nodes) + " stood for election last");
      case DISK_FULL ->
          nodes.isEmpty()
              ? "the disk of this sidecar is full: there is no space for the next file of its log"
              : "there is no space for the next file of the log on the disk of "
                  + named(nodes)
                  + ", and the others are no quorum";
      case STOPPING -> "this sidecar is stopping";
    };
  }

  /** The problem and its remedy, on one line; empty if there is none. */
  public String problem() {
    if (reason == Reason.FORMATION_BLOCKED) {
      return formationBlocked(nodes);
    }
    if (reason == Reason.ORIGINS_DIFFER) {
      return originsDiffer(nodes);
    }
    if (reason == Reason.QUORUM_LOST) {
      return why()
          + "; stop the nodes that are left, and recover the cluster from their disks"
          + " (synod recover)";
    }
    if (reason == Reason.DISK_FULL) {
      return why()
          + (nodes.isEmpty()
              ? ", so it takes no proposals and does not lead until there is"
              : ", so nothing is chosen until there is")
          + "; nothing is lost: free disk space"
          + (votes.lost.isEmpty() ? "" : "; " + lost());
    }
    if (!isAvailable()) {
      return votes.lost.isEmpty() ? why() : why() + "; " + lost();
    }
    int spare = votes.count - votes.lost.size() - votes.required;
    return votes.lost.isEmpty()
        ? ""
        : lost() + ": of the others " + (spare == 0 ? "none" : "only " + spare) + " may fail";
  }

  /** The statement that the cluster cannot form because of these voters, on one line. */
  public static String formationBlocked(List<Integer> voters) {
    return blocked(voters)
        + "; nothing was chosen yet, so wipe the data directories of all voters, restore them again"
        + " if they were restored, and start them";
  }

  private static String blocked(List<Integer> voters) {
    return "the cluster cannot form: "
        + named(voters)
        + (voters.size() == 1 ? " has another disk" : " have other disks")
        + " than voters agreed to";
  }

  /** The statement that the cluster cannot form because of the origins of these voters. */
  public static String originsDiffer(List<Integer> voters) {
    return restoredOtherwise(voters)
        + "; stop "
        + (voters.size() == 1 ? "it" : "them")
        + ", and restore every node from the same file with the same options (synod restore)";
  }

  private static String restoredOtherwise(List<Integer> voters) {
    return "the cluster cannot form: "
        + named(voters)
        + (voters.size() == 1 ? " was" : " were")
        + " not restored from the backup from which other nodes were";
  }

  private String lost() {
    return votes.lost.size() == 1
        ? "the vote of " + named(votes.lost) + " is lost with its disk"
        : "the votes of " + named(votes.lost) + " are lost with their disks";
  }

  /** The alarms that an operator should look at, one word each. */
  List<String> alarms() {
    List<String> alarms = new ArrayList<>();
    votes.lost.forEach(node -> alarms.add("vote_lost:" + node));
    if (reason == Reason.QUORUM_LOST) {
      alarms.add("quorum_lost");
    } else if (cannotForm()) {
      alarms.add("formation_blocked");
    }
    return alarms;
  }

  private static String named(List<Integer> nodes) {
    return (nodes.size() == 1 ? "node " : "nodes ")
        + nodes.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
