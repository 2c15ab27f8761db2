package io.synod.runtime.turn;

import io.synod.paxos.View;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeView;

/**
 * How far this node is, and whether it can get further.
 *
 * @param slot the last slot that is applied here
 * @param index the last command that is applied here
 * @param view what was believed when that was applied
 * @param nodeView what is believed now
 * @param isCutOff whether nobody can be asked for more, and waiting is of no use
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
