package io.synod.paxos;

import io.synod.paxos.value.Proposal;
import org.jspecify.annotations.Nullable;

/**
 * What a replica holds in memory, counted from beside it.
 *
 * @param window open slots of a leader
 * @param newest the bytes of the newest of those
 * @param queue commands that wait there for a slot
 * @param chosen slots that were known to be chosen before this turn
 * @param far slots further ahead of the chosen prefix than a window that keeps up
 * @param farLargest the bytes of the largest of those
 */
public record MeasuredReplica(
    MemoryUse window,
    long newest,
    MemoryUse queue,
    MemoryUse chosen,
    MemoryUse far,
    long farLargest) {

  /** The last slot of the prefix that this replica knows to be chosen. */
  public static long chosenThrough(Replica replica) {
    return replica.learner().chosenThrough();
  }

  /**
   * Counts.
   *
   * @param before the chosen prefix when the turn began
   * @param ever the longest that this disk ever knew
   */
  public static MeasuredReplica of(Replica replica, Settings settings, long before, long ever) {
    Slots slots = replica.slots();
    boolean many = slots.bytes() > settings.recentBytesMax();
    long near = ever + 2L * settings.windowSlots();
    MemoryUse far = MemoryUse.NONE;
    long largest = 0;
    if (slots.top() > near) {
      for (Proposal proposal : slots.page(near + 1, Long.MAX_VALUE, Integer.MAX_VALUE)) {
        far = far.with(proposal.bytes());
        largest = Math.max(largest, proposal.bytes());
      }
    }
    @Nullable Role role = replica.role();
    MemoryUse window = MemoryUse.NONE;
    long newest = 0;
    if (role instanceof Leader leader) {
      for (Proposal open : leader.window()) {
        newest = open.batch().size();
        window = window.with(newest);
      }
    }
    return new MeasuredReplica(
        window,
        newest,
        role instanceof Leader leader ? leader.queue() : MemoryUse.NONE,
        many ? slots.through(before) : MemoryUse.NONE,
        far,
        largest);
  }
}
