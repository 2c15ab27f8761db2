package io.synod.runtime.turn;

import io.synod.state.State;

/** The applied state of a node. {@link #state} may be called from any thread. */
public interface AppliedState {

  /** The newest state. */
  State state();

  /** The bytes of the batches applied since the snapshot that this process began with. */
  long appliedBytes();

  /** The last slot that is known here to be chosen; those after the state are not applied yet. */
  long chosenThrough();

  /** Whether chosen slots are not applied yet. */
  default boolean isBehind() {
    return state().slot() < chosenThrough();
  }

  /** Replaces the state by that of a snapshot, of the same slot or a later one. */
  void install(State later);
}
