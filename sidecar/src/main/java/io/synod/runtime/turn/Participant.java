package io.synod.runtime.turn;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.NodeView;
import java.util.List;

/**
 * A part of a node that takes part in its turns beside the replica. The cycle calls every hook of
 * all participants in one order, which the engine states. The loop's thread calls them all.
 *
 * <p>In a turn the hooks are called in the order in which they stand here. A turn in which the disk
 * has no room for what was decided calls {@link #stalled} and {@link #settle} alone.
 */
public interface Participant {

  /** A turn begins. Returns what the replica is told before anything else. */
  default List<Input> begin(long nowNanos) {
    return List.of();
  }

  /**
   * An input arrived.
   *
   * @param answers takes what is to be sent to peers at once
   * @return whether it is this participant's alone: then neither the participants after it nor the
   *     replica hear it
   */
  default boolean hear(long nowNanos, Input input, List<Output.Envelope> answers) {
    return false;
  }

  /** Everything that arrived was heard. Returns what the replica is told now. */
  default List<Input> turn(Turn turn) {
    return List.of();
  }

  /** The replica believes this now. Nothing of what it decided is written or sent yet. */
  default void decided(NodeView nodeView) {}

  /** Something happened in the replica in this turn. */
  default void noticed(Event event) {}

  /** What is to be sent to peers, and rests on nothing that is not on the disk. */
  default List<Output.Envelope> messages() {
    return List.of();
  }

  /** What was decided is durable, and what was chosen is applied. Returns what is to be sent. */
  default List<Output.Envelope> published(Published published) {
    return List.of();
  }

  /** Whoever can be answered, or has waited too long, is answered. Called in the reverse order. */
  default void settle(Progress progress) {}

  /**
   * The replica is not stepped in this turn: what it decided waits for room on the disk.
   *
   * @param inputs what arrived, which the replica does not hear
   * @return what is to be sent, which rests on nothing that waits
   */
  default List<Output.Envelope> stalled(Progress progress, List<Input> inputs) {
    return List.of();
  }

  /** The node stops, and this participant is not called again. */
  default void stop(Progress progress) {}

  /** The moment of the next turn that this participant needs though nothing arrives. */
  default long nextWakeNanos() {
    return Long.MAX_VALUE;
  }
}
