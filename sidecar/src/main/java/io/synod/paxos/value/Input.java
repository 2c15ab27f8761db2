package io.synod.paxos.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input of a replica: a tick, a message, a request of a caller, or a report of the transport.
 */
public sealed interface Input {

  /**
   * A turn of the loop; the first input of every cycle.
   *
   * @param wallMillis the wall clock, in milliseconds since the epoch; it only influences log time
   * @param readNanos how long ago, at most, it was read
   */
  record Tick(long wallMillis, long readNanos) implements Input {}

  /**
   * A message arrived.
   *
   * @param from the sender
   * @param incarnation the sender's disk
   * @param formation digest of the formation the sender is in, 0 before it is formed
   */
  record Received(int from, long incarnation, long formation, Message message) implements Input {
    /** The sender with its disk. */
    public Member member() {
      return new Member(from, incarnation);
    }
  }

  /**
   * A caller at this node proposes commands. Those that cannot be proposed now are returned as
   * {@link Output#unplaced}.
   */
  record Propose(List<Command> commands) implements Input {}

  /**
   * A caller at this node requests a strong read.
   *
   * @param id unique among the reads of this process; repeated until the read is answered in {@link
   *     Output#reads}
   */
  record Read(long id) implements Input {}

  /**
   * Whether this node must not lead. If it leads, it hands over; it does not stand for election,
   * and still votes. The last value of a cycle counts.
   */
  record Abstain(boolean abstains) implements Input {}

  /** Whether the log here has no space for large records. The last value of a cycle counts. */
  record Full(boolean full) implements Input {}

  /**
   * A snapshot durably replaced every slot up to {@code slot}: the journal continues after it. This
   * has no effect if that prefix is already chosen here. It must precede the other inputs of a
   * cycle.
   *
   * @param commands how many commands there are up to {@code slot}
   * @param logTimeMillis the log time there
   * @param memberships those that govern the slots after it; null if none was ever chosen
   */
  record Installed(long slot, long commands, long logTimeMillis, @Nullable Memberships memberships)
      implements Input {}

  /**
   * The leader here must hand over, to {@code to} or, if that is 0, to the most up-to-date voter.
   */
  record HandOver(int to) implements Input {}

  /**
   * The transport did not send this message: there was no connection, or its queue was full. The
   * replica may send it again soon, since no copy of it is in flight.
   */
  record Dropped(int to, Message message) implements Input {}

  /**
   * A new connection to or from {@code peer} replaced an earlier one: messages in flight in either
   * direction may be lost. Unanswered messages are sent again.
   */
  record Reconnected(int peer) implements Input {}

  /**
   * The connection to {@code peer} broke, and the host of that peer refused a new one: the process
   * has ended, or another follows at the same address. Messages that it sent before may still
   * arrive.
   */
  record ConnectionRefused(int peer) implements Input {}
}
