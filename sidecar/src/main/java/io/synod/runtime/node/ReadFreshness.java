package io.synod.runtime.node;

/** Whether a read may be served from what is applied here. */
public sealed interface ReadFreshness {

  /**
   * It may.
   *
   * @param appliedIndex the index of the last applied command
   * @param stalenessNanos an upper bound on how far this node lags behind the cluster, by the local
   *     monotonic clock: the time since a leader last confirmed what is applied here; 0 for STRONG;
   *     -1 if no leader was known since this process began
   */
  record Fresh(long appliedIndex, long stalenessNanos) implements ReadFreshness {}

  /** No leader of a quorum answered in time, or none can be expected to. */
  record Unavailable(Availability why) implements ReadFreshness {}

  /** The bound given is exceeded. */
  record TooStale(long appliedIndex, long stalenessNanos) implements ReadFreshness {}

  /**
   * The required command was not applied here before the deadline.
   *
   * @param wantedIndex the required index; 0 if that is applied, but not everything that was chosen
   *     before the read, or before this process began
   */
  record NotYetApplied(long appliedIndex, long wantedIndex) implements ReadFreshness {}

  /** This node's state differs from that of a majority: it serves no reads. */
  record Quarantined() implements ReadFreshness {}

  /** Too many reads wait already. */
  record Overloaded(long retryAfterMillis) implements ReadFreshness {}
}
