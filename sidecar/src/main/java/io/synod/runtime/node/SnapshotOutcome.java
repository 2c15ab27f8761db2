package io.synod.runtime.node;

import io.synod.paxos.value.SnapshotMark;

/** The outcome of a request to take a snapshot. */
public sealed interface SnapshotOutcome {

  /** It is durable and verified, and the log below it was trimmed as far as permitted. */
  record Taken(SnapshotMark mark, long bytes) implements SnapshotOutcome {}

  /** It was not taken. */
  record Failed(String why) implements SnapshotOutcome {}

  /** It was not taken, since the node stops. */
  record Stopping() implements SnapshotOutcome {}

  /** It was not finished within the time-out; it may be later. */
  record Late() implements SnapshotOutcome {}
}
