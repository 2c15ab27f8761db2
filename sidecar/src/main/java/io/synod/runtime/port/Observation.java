package io.synod.runtime.port;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import org.jspecify.annotations.Nullable;

/** Something that a node did or noticed, for observers. */
public sealed interface Observation {

  /** Something happened in the replica. */
  record Occurred(Event event) implements Observation {}

  /** A message was passed to the transport. */
  record Sent(int to, Message message) implements Observation {}

  /** A message arrived. */
  record Received(int from, Message message) implements Observation {}

  /** A turn wrote and synced. */
  record Synced(int writes, long nanos) implements Observation {}

  /** A turn ended. */
  record Turned(int inputs, long nanos) implements Observation {}

  /** A chosen batch was applied. */
  record Applied(long slot, int commands, long nanos) implements Observation {}

  /** A record on the disk is damaged; {@code message} names file and offset. */
  record Damaged(@Nullable String message) implements Observation {}

  /** A snapshot of the state was taken, and the log below it trimmed. */
  record SnapshotTaken(SnapshotMark mark, long bytes, long nanos) implements Observation {}

  /** Taking a snapshot failed; it is retried. */
  record SnapshotFailed(String why) implements Observation {}

  /** Storing a snapshot of a peer failed; it is fetched again. */
  record FetchFailed(int peer, String why) implements Observation {}

  /** The state was replaced by a peer's snapshot. */
  record SnapshotInstalled(SnapshotMark mark, long bytes) implements Observation {}

  /** {@code peer} answered a heartbeat. */
  record RoundTrip(int peer, long nanos) implements Observation {}
}
