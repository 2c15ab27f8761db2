package io.synod.sim.check.core;

import io.synod.paxos.View;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.SnapshotMark;
import io.synod.sim.check.Holdings;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;

/** One invariant. Every method is told after the fact and throws {@link Violation} if it broke. */
public interface Checker {

  /** A process began with what its disk gave it. */
  default void began(ObservedNode observedNode, Recovered found) {}

  /** A write reached the disk and was synced; {@code seat.durable()} has it already. */
  default void synced(ObservedNode observedNode, Write write) {}

  /** A write was handed to the disk; {@code seat.written()} has it already. */
  default void written(ObservedNode observedNode, Write write) {}

  /** A message left a process for another node. */
  default void said(ObservedNode observedNode, int to, Message message) {}

  /** Something happened in a replica; told when its cycle is over. */
  default void happened(ObservedNode observedNode, Event event) {}

  /** A caller was told that its payload is applied. */
  default void acknowledged(ObservedNode observedNode, Command command, Outcome.Applied outcome) {}

  /** A cycle is over. */
  default void cycled(ObservedNode observedNode) {}

  /** What a replica believes, after a turn; told after {@link #cycled}. */
  default void believes(ObservedNode observedNode, View view) {}

  /** What a process holds in memory, after a turn. */
  default void holds(ObservedNode observedNode, Holdings held) {}

  /** A snapshot of the replicated state was sealed on the disk. */
  default void sealed(ObservedNode observedNode, SnapshotMark mark, Bytes sha256) {}

  /**
   * What is kept on the disk changed.
   *
   * @param first the first slot that is still in the archive, or would be next
   * @param snapshot the newest snapshot that was sealed; 0 if there is none
   */
  default void kept(ObservedNode observedNode, long first, long snapshot) {}
}
