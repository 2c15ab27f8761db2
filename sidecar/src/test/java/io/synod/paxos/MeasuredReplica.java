package io.synod.paxos;

import io.synod.paxos.value.Proposal;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a replica, counted independently of its own counters.
 *
 * @param window the open slots of a leader
 * @param newest the bytes of the newest open slot
 * @param queue the commands that wait for a slot
 * @param chosen the slots known to be chosen before this turn
 * @param far the slots beyond the chosen prefix by more than twice the window
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
   * Counts the memory of a replica.
   *
   * @param before the chosen prefix at the start of the turn
   * @param ever the longest chosen prefix that this disk ever held
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
