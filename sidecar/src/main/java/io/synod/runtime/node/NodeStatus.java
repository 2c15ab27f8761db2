package io.synod.runtime.node;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import java.util.ArrayList;
import java.util.List;

/**
 * What one node believes at one moment.
 *
 * @param node this node
 * @param incarnation the identity of its disk
 * @param role what it does now
 * @param promised the highest ballot it promised
 * @param leader the ballot of the leader it follows or is; NONE if it hears none
 * @param voters how many voters the cluster has
 * @param reachable how many voters that may vote answer this node, itself included if it may
 * @param quorum how many voters make a quorum
 * @param appliedSlot the last applied slot
 * @param appliedIndex the index of the last applied command
 * @param chosenSlot the highest slot that this node heard to be chosen
 * @param oldestIndex the first index that can still be read
 * @param leaderContactNanos time since the leader was last heard; -1 if never
 * @param pending proposals of callers here that wait for their outcome
 * @param bytesOnDisk what the journal takes
 * @param stateDigest rolling digest of everything applied, equal on all nodes at one index
 * @param availability whether commands can be chosen, and if not, why
 * @param contents how much the replicated state holds
 * @param upkeep what the node did of its own accord
 * @param standing whether its state is that of the others
 * @param peers the other nodes
 */
public record NodeStatus(
    int node,
    long incarnation,
    View.Role role,
    Ballot promised,
    Ballot leader,
    int voters,
    int reachable,
    int quorum,
    long appliedSlot,
    long appliedIndex,
    long chosenSlot,
    long oldestIndex,
    long leaderContactNanos,
    int pending,
    long bytesOnDisk,
    long stateDigest,
    Availability availability,
    Contents contents,
    Upkeep upkeep,
    Standing standing,
    List<View.Peer> peers) {

  // A wall clock so far from log time is wrong, or those of the majority are.
  private static final long CLOCK_APART_MILLIS = 10_000;

  /** What is wrong and what to do, on one line; empty if there is nothing. */
  public String problem() {
    String problem = availability.problem();
    return standing.diskFull() && availability.reason() != Availability.Reason.DISK_FULL
        ? problem + (problem.isEmpty() ? "" : "; ") + "the disk of this sidecar is full: make room"
        : problem;
  }

  /** What it means that the wall clock here was set by so much, on one line. */
  public static String clockStepped(long millis) {
    return "the wall clock here was set "
        + (millis < 0 ? "back" : "ahead")
        + " by "
        + Math.abs(millis)
        + " ms, or the machine stood still; times to live go on by the monotonic clock";
  }

  /** What needs a person's eye, one word each. */
  public List<String> alarms() {
    List<String> alarms = new ArrayList<>(availability.alarms());
    if (standing.diskFull()) {
      alarms.add("disk_full");
    }
    if (standing.diverged()) {
      alarms.add("state_diverged");
    }
    if (standing.quarantined()) {
      alarms.add("quarantined");
    }
    if (Math.abs(standing.clockAheadMillis()) > CLOCK_APART_MILLIS) {
      alarms.add("clock_apart");
    }
    return alarms;
  }

  /**
   * How much the replicated state holds.
   *
   * @param bytes of keys, values and remembered answers; not what the heap needs
   * @param uses how much of its limits it uses
   */
  public record Contents(
      int keys, int sessions, int locks, Consumers consumers, long bytes, List<LimitUse> uses) {}

  /**
   * How much of a limit of the state is used.
   *
   * @param limit its name, in the plural of what it bounds
   */
  public record LimitUse(String limit, long used, long max) {}

  /**
   * The consumers of the log.
   *
   * @param diverged whose copies differ
   * @param holdingLog of which a copy is missed, while the log is kept for it
   * @param lapsed of which a copy was silent for so long that the log is not kept for it any more
   * @param neededFrom the first index that one of them may still need; {@code Long.MAX_VALUE} if
   *     none does
   */
  public record Consumers(int count, int diverged, int holdingLog, int lapsed, long neededFrom) {}

  /**
   * What a node did of its own accord since it started.
   *
   * @param sessionsKept sessions that it keeps now
   * @param renewals of one session each
   * @param sessionsExpired that it saw end because nobody kept them
   * @param keysExpired that it saw go because their time was over
   */
  public record Upkeep(int sessionsKept, long renewals, long sessionsExpired, long keysExpired) {}

  /**
   * Whether this node's state and its clock are those of the others, and its disk has room.
   *
   * @param diskFull whether its disk has no room for the next file of the log
   * @param diverged whether some peer has another
   * @param quarantined whether a majority has another: this node serves nothing
   * @param digestsCompared with peers since it started
   * @param digestsUnequal of those
   * @param clockAheadMillis by how much its wall clock is ahead of log time, or behind if negative
   */
  public record Standing(
      boolean diskFull,
      boolean diverged,
      boolean quarantined,
      long digestsCompared,
      long digestsUnequal,
      long clockAheadMillis) {
    /** It differs from nobody. */
    public static Standing good() {
      return new Standing(false, false, false, 0, 0, 0);
    }
  }
}
