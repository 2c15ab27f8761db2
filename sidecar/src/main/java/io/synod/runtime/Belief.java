package io.synod.runtime;

import io.synod.paxos.View;

/** What the replica believed after a turn, and whether it follows that commands can be chosen. */
record Belief(View view, Availability available) {
  /** Of a node that turns. */
  static Belief of(View view) {
    return new Belief(view, Availability.of(view));
  }

  /** The same, of a node that stops. */
  Belief stopping() {
    return new Belief(view, Availability.stopping(view));
  }
}
