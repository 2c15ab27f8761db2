package io.synod.runtime.port;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import org.jspecify.annotations.Nullable;

/** The port to those who watch. Called by the loop's thread; must be quick and must not throw. */
public interface Observer {

  /** Something happened in the replica. */
  default void event(Event event) {}

  /** A message was handed to the transport. */
  default void sent(int to, Message message) {}

  /** A message arrived. */
  default void received(int from, Message message) {}

  /** A cycle wrote and synced. */
  default void synced(int writes, long syncNanos) {}

  /** A cycle ended. */
  default void cycled(int inputs, long cycleNanos) {}

  /** A chosen batch was applied. */
  default void applied(long slot, int commands, long applyNanos) {}

  /** A record on the disk is damaged; {@code message} names file and offset. */
  default void damaged(@Nullable String message) {}

  /** A snapshot of the state was taken, and the log below it trimmed. */
  default void snapshotTaken(SnapshotMark mark, long bytes, long nanos) {}

  /** A snapshot was not taken, or not got from a peer; it is tried again. */
  default void snapshotFailed(String why) {}

  /** The state went on from a peer's snapshot. */
  default void snapshotInstalled(SnapshotMark mark, long bytes) {}

  /** A heartbeat came back from {@code peer}. */
  default void roundTrip(int peer, long nanos) {}
}
