package io.synod.sim.check;

import io.synod.paxos.Bytes;
import io.synod.paxos.Command;
import io.synod.paxos.Event;
import io.synod.paxos.Message;
import io.synod.paxos.Recovered;
import io.synod.paxos.Write;
import io.synod.runtime.engine.Turned.Holdings;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.SnapshotMark;

/** One invariant. Every method is told after the fact and throws {@link Violation} if it broke. */
public interface Judge {

  /** A process began with what its disk gave it. */
  default void began(Seat seat, Recovered found) {}

  /** A write reached the disk and was synced; {@code seat.durable()} has it already. */
  default void synced(Seat seat, Write write) {}

  /** A write was handed to the disk; {@code seat.written()} has it already. */
  default void written(Seat seat, Write write) {}

  /** A message left a process for another node. */
  default void said(Seat seat, int to, Message message) {}

  /** Something happened in a replica; told when its cycle is over. */
  default void happened(Seat seat, Event event) {}

  /** A caller was told that its payload is applied. */
  default void acknowledged(Seat seat, Command command, Outcome.Applied outcome) {}

  /** A cycle is over. */
  default void cycled(Seat seat) {}

  /** What a process holds in memory, after a turn. */
  default void holds(Seat seat, Holdings held) {}

  /** A snapshot of the replicated state was sealed on the disk. */
  default void sealed(Seat seat, SnapshotMark mark, Bytes sha256) {}

  /**
   * What is kept on the disk changed.
   *
   * @param first the first slot that is still in the archive, or would be next
   * @param snapshot the newest snapshot that was sealed; 0 if there is none
   */
  default void kept(Seat seat, long first, long snapshot) {}
}
