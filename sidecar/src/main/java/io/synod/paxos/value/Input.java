package io.synod.paxos.value;

import java.util.List;

/** Everything that can happen to a replica. */
public sealed interface Input {

  /**
   * A turn of the loop, first in every cycle.
   *
   * @param wallMillis the wall clock, in milliseconds since the epoch; only bends log time
   * @param readNanos how long ago, at most, it was read
   */
  record Tick(long wallMillis, long readNanos) implements Input {}

  /**
   * A message arrived.
   *
   * @param from who said it
   * @param incarnation the sender's disk
   * @param formation digest of the formation the sender is in, 0 before it is formed
   */
  record Received(int from, long incarnation, long formation, Message message) implements Input {}

  /** A caller here proposes commands. Those that nobody can order now come back unplaced. */
  record Propose(List<Command> commands) implements Input {}

  /**
   * A caller here wants a strong read.
   *
   * @param id never used for another read by this process, and given again while it is not
   *     answered; the answer comes in {@link Output#reads}
   */
  record Read(long id) implements Input {}

  /**
   * Whether this node is not fit to lead: then it hands over if it does, and does not stand. It
   * votes all the same. The last word of it holds.
   */
  record Abstain(boolean abstains) implements Input {}

  /** Whether the log here has no room for what is large. The last word of it holds. */
  record Full(boolean full) implements Input {}

  /**
   * A snapshot took the place of every slot up to {@code slot}, durably: the journal goes on behind
   * it. Changes nothing if so much is chosen here; to be given before the other inputs of a cycle.
   *
   * @param commands how many commands there are up to {@code slot}
   * @param logTimeMillis the log time there
   */
  record Installed(long slot, long commands, long logTimeMillis) implements Input {}

  /** The leader here shall hand over, to {@code to} or, if 0, to whom it thinks best. */
  record HandOver(int to) implements Input {}

  /**
   * The transport did not send this: there was no connection, or no room. It may be said again
   * soon, for nothing of it is under way.
   */
  record Dropped(int to, Message message) implements Input {}

  /**
   * A connection to or from {@code peer} took the place of an earlier one: what was under way
   * between the two nodes, either way, may be lost. What still waits for an answer is said again.
   */
  record Reconnected(int peer) implements Input {}
}
