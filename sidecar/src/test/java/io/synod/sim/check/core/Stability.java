package io.synod.sim.check.core;

import io.synod.paxos.value.Event;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * I21: nobody stands for election while there is a leader whom a quorum of voters has heard without
 * any disturbance for several time-outs. A node that returns, or that alone lost sight of the
 * leader, must take nothing away.
 */
public final class Stability implements Checker {
  private final Ground ground;

  /** What the world knows and no node can. */
  public interface Ground {
    /**
     * The node that has led, linked to a quorum of voters with no fault at all, for long enough; or
     * 0.
     */
    int undisturbedLeader();
  }

  /** On this ground. */
  public Stability(Ground ground) {
    this.ground = ground;
  }

  @Override
  public void happened(ObservedNode observedNode, Event event) {
    if (event instanceof Event.ElectionStarted started
        && !started.reason().contains("hands over")) {
      int leader = ground.undisturbedLeader();
      if (leader != 0 && leader != observedNode.node()) {
        throw new Violation(
            "I21",
            "node "
                + observedNode.node()
                + " stands with "
                + started.ballot()
                + " though a quorum hears node "
                + leader
                + " undisturbed: "
                + started.reason());
      }
    }
  }
}
