package io.synod.runtime.engine;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.SnapshotMark;

/** Is told what the nodes of a cluster over memory do, in the order in which they do it. */
public interface ClusterListener {
  /** Is told nothing. */
  ClusterListener NONE = new ClusterListener() {};

  /** What became of a message that was sent. */
  enum Fate {
    CARRIED,
    CUT,
    LOST,
    HELD,
    /** It arrives now, and once more when it is released. */
    COPIED
  }

  /** A node sent a message to another. */
  default void sent(DirectedLink link, Message message, Fate fate) {}

  /** A node wrote to its disk. */
  default void wrote(int node, Write write) {}

  /** Something happened in a node. */
  default void happened(int node, Event event) {}

  /** A node went on from a peer's snapshot. */
  default void installed(int node, SnapshotMark mark) {}

  /** A node's disk lost its power before it had synced what was written. */
  default void crashed(int node) {}
}
