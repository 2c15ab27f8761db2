package io.synod.sim.check;

import io.synod.paxos.MeasuredReplica;
import io.synod.paxos.MemoryUse;
import io.synod.state.State;

/**
 * The memory that a node uses for callers and peers, counted item by item.
 *
 * @param feed the recent slots in memory
 * @param past the earlier states in memory
 * @param shares the snapshots being read by peers
 */
public record Holdings(
    WaitingCallers waiting,
    KeptSlots feed,
    KeptSlots past,
    int shares,
    MeasuredReplica core,
    State state) {

  /** The numbers of callers that wait for an answer. */
  public record WaitingCallers(
      MemoryUse proposals, MemoryUse duties, int acknowledgements, int reads) {}

  /**
   * The memory of the most recent slots.
   *
   * @param slots how many slots are kept
   * @param oldest the index of the oldest one
   * @param newest the index of the newest one
   */
  public record KeptSlots(MemoryUse memoryUse, long slots, long oldest, long newest) {}
}
