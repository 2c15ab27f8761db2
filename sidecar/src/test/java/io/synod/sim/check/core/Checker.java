package io.synod.sim.check.core;

import io.synod.paxos.View;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.Holdings;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/**
 * A check of one invariant. Each method is called after the event, and throws {@link Violation} if
 * the invariant is broken.
 */
public interface Checker {

  /** A process started and recovered this from its disk. */
  default void began(ObservedNode observedNode, Recovered found) {}

  /** A write was synced; {@code observedNode.durable()} includes it. */
  default void synced(ObservedNode observedNode, Write write) {}

  /** A write was passed to the disk; {@code observedNode.written()} includes it. */
  default void written(ObservedNode observedNode, Write write) {}

  /** A process sent a message to another node. */
  default void onSent(ObservedNode observedNode, int to, Message message) {}

  /** A replica reported an event; called at the end of its cycle. */
  default void happened(ObservedNode observedNode, Event event) {}

  /** A caller was told that its command is applied. */
  default void acknowledged(ObservedNode observedNode, Command command, Outcome.Applied outcome) {}

  /** A cycle ended. */
  default void cycled(ObservedNode observedNode) {}

  /** The view of a replica after a turn; called after {@link #cycled}. */
  default void viewed(ObservedNode observedNode, View view) {}

  /** The memory that a process uses after a turn. */
  default void holds(ObservedNode observedNode, Holdings held) {}

  /** A snapshot of the replicated state was sealed on the disk. */
  default void sealed(ObservedNode observedNode, SnapshotMark mark, Bytes sha256) {}

  /**
   * The archive of sealed slots changed.
   *
   * @param first the first slot in the archive, or the next one if it is empty
   * @param snapshot the slot of the newest sealed snapshot; 0 if there is none
   */
  default void kept(ObservedNode observedNode, long first, long snapshot) {}
}
