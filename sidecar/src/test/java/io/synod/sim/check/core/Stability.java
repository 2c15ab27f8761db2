package io.synod.sim.check.core;

import io.synod.paxos.value.Event;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * Checks I21: no node stands for election while a quorum of voters has been connected to a leader
 * without any fault for several time-outs. A node that returns, or that alone lost the leader, must
 * not depose it.
 */
public final class Stability implements Checker {
  private final Ground ground;

  /** What the simulator knows of the links and hosts. */
  public interface Ground {
    /**
     * The node that has led for long enough, connected to a quorum of voters without any fault; 0
     * if there is none.
     */
    int undisturbedLeader();
  }

  /** Creates a checker with this knowledge. */
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
                + " stands for election with "
                + started.ballot()
                + " though a quorum hears node "
                + leader
                + " undisturbed: "
                + started.reason());
      }
    }
  }
}
