package io.synod.runtime.turn;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.NodeView;
import java.util.List;

/**
 * A part of a node that takes part in its turns besides the replica. The cycle calls every hook of
 * all participants in one order, which the engine states. The loop's thread calls them all.
 *
 * <p>In a turn the hooks are called in the order of their declaration. A turn in which the disk has
 * no space for the decisions calls {@link #onStalled} and {@link #settle} only.
 */
public interface Participant {

  /** A turn begins. Returns the first inputs of the replica. */
  default List<Input> begin(long nowNanos) {
    return List.of();
  }

  /**
   * An input arrived.
   *
   * @param answers receives messages to be sent to peers at once
   * @return whether it is for this participant only: then neither the participants after it nor the
   *     replica receive it
   */
  default boolean onInput(long nowNanos, Input input, List<Output.Envelope> answers) {
    return false;
  }

  /** All inputs that arrived were handled. Returns further inputs of the replica. */
  default List<Input> turn(Turn turn) {
    return List.of();
  }

  /** The replica has this view now. None of its decisions is written or sent yet. */
  default void onDecided(NodeView nodeView) {}

  /** Something happened in the replica in this turn. */
  default void onEvent(Event event) {}

  /**
   * The decisions are durable, and so is what was applied in earlier turns. Returns messages for
   * peers.
   */
  default List<Output.Envelope> messagesAfterSync() {
    return List.of();
  }

  /** The decisions are durable, and the chosen slots are applied. Returns messages to send. */
  default List<Output.Envelope> onPublished(Published published) {
    return List.of();
  }

  /**
   * Answers the calls that can be answered, or whose deadline has passed. It is called in the
   * reverse order.
   */
  default void settle(Progress progress) {}

  /**
   * The replica is not stepped in this turn: its decisions wait for disk space.
   *
   * @param inputs what arrived, which the replica does not receive
   * @return messages to send, which depend on nothing that waits
   */
  default List<Output.Envelope> onStalled(Progress progress, List<Input> inputs) {
    return List.of();
  }

  /** The node stops, and this participant is not called again. */
  default void stop(Progress progress) {}

  /** The moment of the next turn that this participant needs even if nothing arrives. */
  default long nextWakeNanos() {
    return Long.MAX_VALUE;
  }
}
