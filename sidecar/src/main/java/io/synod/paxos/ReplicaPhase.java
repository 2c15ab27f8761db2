package io.synod.paxos;

import io.synod.paxos.value.Input;

/** A replica before its cluster is formed, or after: it handles each input accordingly. */
sealed interface ReplicaPhase permits Unformed, FormedReplica {

  /** Reads the wall clock that a tick carries. */
  void readClocks(long nowNanos, Input.Tick tick);

  /** Time passed. */
  void tick(long nowNanos);

  /** Handles a message. */
  void onMessage(long nowNanos, Input.Received received);

  /** A snapshot took the replica past slots that it had not learned. */
  void onInstalled(long nowNanos, long slot);

  /** Handles an input that is none of the above. */
  void onInput(long nowNanos, Input input);

  /** Ends the cycle. Returns when the next tick is needed; {@code Long.MAX_VALUE} if never. */
  long endCycle(long nowNanos);

  /** The view of this replica now, for observers. */
  View view(long nowNanos);
}
