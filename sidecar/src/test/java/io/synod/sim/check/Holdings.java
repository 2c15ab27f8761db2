package io.synod.sim.check;

import io.synod.paxos.MeasuredReplica;
import io.synod.paxos.MemoryUse;
import io.synod.state.State;

/**
 * What a node holds in memory, counted one by one.
 *
 * @param feed the slots that are read from memory
 * @param past the states of the past
 * @param shares what peers pull
 */
public record Holdings(
    WaitingCallers waiting,
    KeptSlots feed,
    KeptSlots past,
    int shares,
    MeasuredReplica core,
    State state) {

  /** Callers who wait. */
  public record WaitingCallers(
      MemoryUse proposals, MemoryUse duties, int acknowledgements, int reads) {}

  /**
   * What is kept of the newest.
   *
   * @param slots how many slots it is of
   * @param oldest the index of the oldest of it
   * @param newest the index of the newest
   */
  public record KeptSlots(MemoryUse memoryUse, long slots, long oldest, long newest) {}
}
