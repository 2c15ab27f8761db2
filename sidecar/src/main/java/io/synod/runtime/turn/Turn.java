package io.synod.runtime.turn;

import io.synod.paxos.View;
import io.synod.runtime.node.NodeView;

/**
 * The moment of a turn, and the replica's view before it.
 *
 * @param nanos by the monotonic clock
 * @param logTimeMillis of a batch that is proposed now, if this node leads
 * @param full whether there is no disk space here for what a leader writes
 */
public record Turn(long nanos, long logTimeMillis, NodeView nodeView, boolean full) {
  /** The replica's view. */
  public View view() {
    return nodeView.view();
  }
}
