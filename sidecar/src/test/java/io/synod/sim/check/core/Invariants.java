package io.synod.sim.check.core;

import io.synod.paxos.View;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.Journal;
import io.synod.sim.check.ObservedNode;
import io.synod.state.State;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The invariants of a cluster whose nodes a test turns by hand: the checkers of the simulator, told
 * the same of every write, sync, message and event, and once more after every turn of every node.
 */
public final class Invariants {
  private final Checkers checkers;
  private final Map<Integer, ObservedNode> nodes = new TreeMap<>();
  private final Set<Integer> corrupt = new HashSet<>();

  /** Those of the simulator that need no more than the nodes themselves, and {@code more}. */
  public Invariants(Checker... more) {
    this.checkers = new Checkers(more);
  }

  /**
   * A process begins on this disk.
   *
   * @return the journal that the process shall use instead
   */
  public Journal begins(int node, long incarnation, Journal disk) {
    ObservedNode observedNode = nodes.computeIfAbsent(node, ObservedNode::new);
    observedNode.begin(incarnation);
    Recovered found = disk.recovered();
    checkers.began(observedNode, found);
    for (Write kept : observedNode.opened(found)) {
      checkers.synced(observedNode, kept);
    }
    return new ObservedJournal(disk, observedNode, checkers);
  }

  /** A message left the node for another. */
  public void said(int node, int to, Message message) {
    checkers.said(of(node), to, message);
  }

  /** Something happened in the node in a turn that is over. */
  public void happened(int node, Event event) {
    checkers.happened(of(node), event);
  }

  /** What is kept on the node's disk changed; see {@link Checker#kept}. */
  public void kept(int node, long first, long snapshot) {
    checkers.kept(of(node), first, snapshot);
  }

  /** The disk was altered so that the node's state is wrong: it is not compared any more. */
  public void corrupted(int node) {
    corrupt.add(node);
  }

  /**
   * A turn of the node is over.
   *
   * @param view what the replica believes; null if it was told nothing, its disk being full
   * @param sealedThrough the last slot in its archive
   */
  public void turned(int node, @Nullable View view, State state, long sealedThrough) {
    ObservedNode observedNode = of(node);
    if (!corrupt.contains(node)) {
      observedNode.applied(state.slot(), state.mark().digest(), sealedThrough);
      checkers.cycled(observedNode);
      if (view != null) {
        checkers.believes(observedNode, view);
      }
    }
    checkers.confess();
  }

  private ObservedNode of(int node) {
    return nodes.computeIfAbsent(node, ObservedNode::new);
  }
}
