package io.synod.runtime.node;

import io.synod.paxos.View;

/** What the replica believed after a turn, and whether it follows that commands can be chosen. */
public record Belief(View view, Availability available) {
  /** Of a node that turns, with room on its disk. */
  public static Belief of(View view) {
    return of(view, false);
  }

  /** Of a node that turns, and of whether its disk lacks room for the next file of the log. */
  public static Belief of(View view, boolean full) {
    return new Belief(view, Availability.of(view, full));
  }

  /** The same, of a node that stops. */
  public Belief stopping() {
    return new Belief(view, Availability.stopping(view));
  }
}
