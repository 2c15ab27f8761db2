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
 * The simulator's checkers for tests that turn nodes by hand. They get every write, sync, message
 * and event, and the view after every turn.
 */
public final class Invariants {
  private final Checkers checkers;
  private final boolean blind;
  private final Map<Integer, ObservedNode> nodes = new TreeMap<>();
  private final Set<Integer> corrupt = new HashSet<>();

  /** Creates the checkers that need nothing but the nodes, and adds {@code more}. */
  public Invariants(Checker... more) {
    this(false, more);
  }

  private Invariants(boolean blind, Checker... more) {
    this.blind = blind;
    this.checkers = new Checkers(more);
  }

  /**
   * Checks nothing: for clusters that begin with restored states. The checkers know the log from
   * its first slot on.
   */
  public static Invariants none() {
    return new Invariants(true);
  }

  /**
   * A process starts on this disk.
   *
   * @return the observed journal, which the process must use
   */
  public Journal begins(int node, long incarnation, Journal disk) {
    if (blind) {
      return disk;
    }
    ObservedNode observedNode = nodes.computeIfAbsent(node, ObservedNode::new);
    observedNode.begin(incarnation);
    Recovered found = disk.recovered();
    checkers.began(observedNode, found);
    for (Write kept : observedNode.opened(found)) {
      checkers.synced(observedNode, kept);
    }
    return new ObservedJournal(disk, observedNode, checkers);
  }

  /** The node sent a message to another one. */
  public void onSent(int node, int to, Message message) {
    if (!blind) {
      checkers.onSent(of(node), to, message);
    }
  }

  /** The node reported an event in a turn that has ended. */
  public void happened(int node, Event event) {
    if (!blind) {
      checkers.happened(of(node), event);
    }
  }

  /** The archive on the node's disk changed; see {@link Checker#kept}. */
  public void kept(int node, long first, long snapshot) {
    if (!blind) {
      checkers.kept(of(node), first, snapshot);
    }
  }

  /** The test corrupted the disk, so that the node's state is not compared any more. */
  public void corrupted(int node) {
    corrupt.add(node);
  }

  /**
   * A turn of the node ended.
   *
   * @param view the replica's view; null if a full disk kept the inputs from the replica
   * @param sealedThrough the last slot in its archive
   */
  public void turned(int node, @Nullable View view, State state, long sealedThrough) {
    if (blind) {
      return;
    }
    ObservedNode observedNode = of(node);
    if (!corrupt.contains(node)) {
      observedNode.applied(state.slot(), state.mark().digest(), sealedThrough);
      checkers.cycled(observedNode);
      if (view != null) {
        checkers.viewed(observedNode, view);
      }
    }
    checkers.throwRecorded();
  }

  private ObservedNode of(int node) {
    return nodes.computeIfAbsent(node, ObservedNode::new);
  }
}
