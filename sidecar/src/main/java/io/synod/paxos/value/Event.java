package io.synod.paxos.value;

import java.util.List;

/**
 * Something that happened in a replica, for traces, metrics and tests. Events have no effect on the
 * protocol.
 */
public sealed interface Event {

  /** The cluster formed: from here on this node votes, or is a learner. */
  record Formed(Formation formation, boolean voter) implements Event {}

  /**
   * The cluster cannot form: these voters' disks differ from those that other voters have agreed
   * to, so they were lost or replaced too early. Reported once for each set of voters.
   */
  record FormationBlocked(List<Integer> voters) implements Event {}

  /**
   * The cluster cannot form: these voters were not restored from the backup from which others were.
   * Reported once for each set of voters.
   */
  record OriginsDiffer(List<Integer> voters) implements Event {}

  /**
   * A membership was chosen.
   *
   * @param fromSlot the first slot that it governs; 0 if it has no effect, since another change was
   *     chosen before
   */
  record MembershipChosen(long slot, Membership membership, long fromSlot) implements Event {}

  /** A leader took a slot for a batch. */
  record Proposed(long slot, Ballot ballot, int commands, int bytes) implements Event {}

  /** A candidate requested promises. */
  record ElectionStarted(Ballot ballot, String reason) implements Event {}

  /** This acceptor promised a ballot to its owner. */
  record Promised(Ballot ballot, Ballot previous) implements Event {}

  /** A voter's promise arrived at this candidate. */
  record PromiseReceived(Ballot ballot, int from, int accepted) implements Event {}

  /** This acceptor refused a ballot below its promise. */
  record Refused(Ballot ballot, Ballot promised, int to) implements Event {}

  /** A voter refused this node's ballot. */
  record RefusalReceived(Ballot ballot, Ballot promised, int from) implements Event {}

  /** This acceptor voted for a batch. */
  record Accepted(long slot, Ballot ballot) implements Event {}

  /** A voter's acceptance arrived at this leader. */
  record AcceptedReceived(long from, long to, Ballot ballot, int node) implements Event {}

  /** This leader counted a quorum. */
  record QuorumReached(long slot, Ballot ballot) implements Event {}

  /** This node knows the slot to be chosen. */
  record Learned(long slot, Ballot ballot, Chosen.How how) implements Event {}

  /** This candidate was elected. */
  record Elected(Ballot ballot) implements Event {}

  /** This candidate or leader gave up its ballot. */
  record SteppedDown(Ballot ballot, boolean led, String reason) implements Event {}

  /** This node follows another leader now; NONE: it has no leader. */
  record LeaderChanged(Ballot leader) implements Event {}

  /**
   * A node's replicated state differs from this node's. Reported once, until they agree again.
   *
   * @param slot the slot after which the digests differ
   */
  record StateDiverged(int from, long slot, long digest, long theirs) implements Event {}

  /** This node's state differs from that of a majority: it serves nothing and does not lead. */
  record Quarantined(long slot, long digest, long theirs) implements Event {}

  /**
   * A quorum has the state of this node again, after the state was taken anew from a peer: the
   * quarantine ends.
   */
  record StateRenewed(long slot, long digest) implements Event {}

  /**
   * The wall clock here moved by this many milliseconds more than the monotonic clock: it was set,
   * or the machine was suspended. Log time does not follow it.
   */
  record ClockStepped(long millis) implements Event {}

  /** A message was ignored, because it comes from another cluster or disk. */
  record Fenced(int from, String reason) implements Event {}
}
