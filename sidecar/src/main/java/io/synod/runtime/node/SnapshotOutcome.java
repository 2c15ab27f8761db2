package io.synod.runtime.node;

import io.synod.runtime.port.SnapshotMark;

/** How the taking of a snapshot ended. */
public sealed interface SnapshotOutcome {

  /** It is durable, and verified, and the log below it was trimmed as far as may be. */
  record Taken(SnapshotMark mark, long bytes) implements SnapshotOutcome {}

  /** It is not there. */
  record Failed(String why) implements SnapshotOutcome {}

  /** It was not there yet when the time was up; it may well be later. */
  record Late() implements SnapshotOutcome {}
}
