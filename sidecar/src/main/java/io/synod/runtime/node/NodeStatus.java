package io.synod.runtime.node;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import java.util.ArrayList;
import java.util.List;

/**
 * The status of one node at one moment.
 *
 * @param node this node
 * @param incarnation the identity of its disk
 * @param role its current role
 * @param promised the highest ballot it promised
 * @param leader the ballot of the leader it follows or is; NONE if it has none
 * @param voters how many voters the cluster has
 * @param reachable how many voters that may vote answer this node, itself included if it may
 * @param quorum how many voters make a quorum
 * @param appliedSlot the last applied slot
 * @param appliedIndex the index of the last applied command
 * @param chosenSlot the highest slot that any node reported to this one as chosen
 * @param oldestIndex the first index that can still be read
 * @param leaderContactNanos time since the last message of the leader; -1 if never
 * @param pending proposals of callers here that wait for their outcome
 * @param bytesOnDisk the size of the journal
 * @param stateDigest rolling digest of everything applied, equal on all nodes at one applied slot
 * @param availability whether commands can be chosen, and if not, why
 * @param contents the size of the replicated state
 * @param upkeep the background tasks of the node
 * @param standing whether its state, clock and disk are healthy
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

  // If a wall clock differs from log time by this much, it is wrong, or those of a majority are.
  private static final long CLOCK_APART_MILLIS = 10_000;

  /** The problem and its remedy, on one line; empty if there is none. */
  public String problem() {
    String problem = availability.problem();
    return standing.diskFull() && availability.reason() != Availability.Reason.DISK_FULL
        ? problem
            + (problem.isEmpty() ? "" : "; ")
            + "the disk of this sidecar is full: free disk space"
        : problem;
  }

  /** The statement that the wall clock here was set by this much, on one line. */
  public static String clockStepped(long millis) {
    return "the wall clock here was set "
        + (millis < 0 ? "back" : "ahead")
        + " by "
        + Math.abs(millis)
        + " ms, or the machine was suspended; times to live continue by the monotonic clock";
  }

  /** The alarms that an operator should look at, one word each. */
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
   * The replicated state and its size.
   *
   * @param level the cluster's {@link io.synod.state.Level}
   * @param bytes of keys, values and remembered answers; not the heap that they need
   * @param uses the use of its limits
   */
  public record Contents(
      int level,
      int keys,
      int sessions,
      int locks,
      Consumers consumers,
      long bytes,
      List<LimitUse> uses) {}

  /**
   * The use of one limit of the state.
   *
   * @param limit its name, in the plural of what it bounds
   */
  public record LimitUse(String limit, long used, long max) {}

  /**
   * The consumers of the log.
   *
   * @param diverged how many have copies that differ
   * @param holdingLog how many have a silent copy for which the log is kept
   * @param lapsed how many have a copy that was silent for so long that the log is no longer kept
   *     for it
   * @param neededFrom the first index that one of them may still need; {@code Long.MAX_VALUE} if
   *     none does
   */
  public record Consumers(int count, int diverged, int holdingLog, int lapsed, long neededFrom) {}

  /**
   * The background tasks of a node since it started.
   *
   * @param sessionsKept sessions that it keeps alive now
   * @param renewals of one session each
   * @param sessionsExpired sessions that expired, as applied here
   * @param keysExpired pairs that expired, as applied here
   */
  public record Upkeep(int sessionsKept, long renewals, long sessionsExpired, long keysExpired) {}

  /**
   * Whether this node's state and clock agree with the others, and its disk has space.
   *
   * @param diskFull whether its disk has no space for the next file of the log
   * @param diverged whether some peer's state differs
   * @param quarantined whether a majority's state differs: this node serves nothing
   * @param digestsCompared with peers since it started
   * @param digestsUnequal of those
   * @param stateRenewals how often a quarantine ended, since the state was taken anew from a peer
   * @param clockAheadMillis by how much its wall clock is ahead of log time, or behind if negative
   */
  public record Standing(
      boolean diskFull,
      boolean diverged,
      boolean quarantined,
      long digestsCompared,
      long digestsUnequal,
      long stateRenewals,
      long clockAheadMillis) {
    /** The standing of a node that differs from no other. */
    public static Standing good() {
      return new Standing(false, false, false, 0, 0, 0, 0);
    }
  }
}
