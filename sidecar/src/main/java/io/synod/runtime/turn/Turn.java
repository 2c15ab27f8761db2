package io.synod.runtime.turn;

import io.synod.paxos.View;
import io.synod.runtime.node.NodeView;

/**
 * The moment of a turn, and what the replica believed before it.
 *
 * @param nanos by the monotonic clock
 * @param logTimeMillis of what is proposed now, if this node leads
 * @param full whether there is no room here for what a leader writes
 */
public record Turn(long nanos, long logTimeMillis, NodeView nodeView, boolean full) {
  /** What the replica believed. */
  public View view() {
    return nodeView.view();
  }
}
