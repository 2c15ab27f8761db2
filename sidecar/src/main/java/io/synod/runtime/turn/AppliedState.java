package io.synod.runtime.turn;

import io.synod.state.State;

/** The applied state of a node. {@link #state} may be called from any thread. */
public interface AppliedState {

  /** The newest state. */
  State state();

  /** The bytes of the batches applied since the snapshot that this process began with. */
  long appliedBytes();

  /** Replaces the state by a later one, whose slots were skipped here. */
  void install(State later);
}
