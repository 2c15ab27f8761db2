package io.synod.runtime.engine;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;

/** Observes the nodes of an in-memory cluster, in the order of their actions. */
public interface ClusterListener {
  /** A listener that does nothing. */
  ClusterListener NONE = new ClusterListener() {};

  /** The fate of a message. */
  enum Fate {
    CARRIED,
    CUT,
    LOST,
    HELD,
    /** It is delivered now, and once more when it is released. */
    COPIED
  }

  /** A node sent a message to another. */
  default void sent(DirectedLink link, Message message, Fate fate) {}

  /** A node wrote to its disk. */
  default void wrote(int node, Write write) {}

  /** Something happened in a node. */
  default void happened(int node, Event event) {}

  /** A node installed a peer's snapshot. */
  default void installed(int node, SnapshotMark mark) {}

  /** A node's disk lost power before it had synced what was written. */
  default void crashed(int node) {}
}
