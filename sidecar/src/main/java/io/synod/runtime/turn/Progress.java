package io.synod.runtime.turn;

import io.synod.paxos.View;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeView;

/**
 * The progress of this node, and whether it can advance.
 *
 * @param slot the last slot that is applied here
 * @param index the last command that is applied here
 * @param view the replica's view when that was applied
 * @param nodeView the current view
 * @param isCutOff whether no peer can be asked for more, so that waiting is useless
 */
public record Progress(
    long slot, long index, long nowNanos, View view, NodeView nodeView, boolean isCutOff) {

  /** Whether commands can be chosen now. */
  public Availability available() {
    return nodeView.available();
  }

  /** The age of what is applied here; -1 if it is unknown. */
  public long stalenessNanos() {
    return view.freshAtNanos() == Long.MIN_VALUE ? -1 : Math.max(0, nowNanos - view.freshAtNanos());
  }
}
