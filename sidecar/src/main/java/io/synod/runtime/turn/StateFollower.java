package io.synod.runtime.turn;

import io.synod.paxos.value.Chosen;
import io.synod.runtime.port.ChosenSlot;
import io.synod.state.State;
import io.synod.state.apply.SlotResult;
import java.util.List;

/**
 * A part of a node that follows the applied state. The applier calls every hook of all followers in
 * one order, which the engine states. The loop's thread calls them all.
 */
public interface StateFollower {

  /** The state was replaced by that of a snapshot, of a later slot. */
  default void restored(State state) {}

  /** The node continues from the restored state, whose slots were skipped while it ran. */
  default void passedOver() {}

  /** A slot was applied, and the journal does not record that yet. */
  default void reached(long slot, long digest) {}

  /**
   * A slot was applied, and the journal records that.
   *
   * @param after the state now, which may be some slots further
   */
  default void applied(ChosenSlot slot, SlotResult slotResult, State after) {}

  /** All followers have seen these slots: callers that wait for them may be answered. */
  default void shown(List<Chosen> chosen, List<SlotResult> slotResults) {}
}
