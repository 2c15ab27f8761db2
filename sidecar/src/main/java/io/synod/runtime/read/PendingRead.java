package io.synod.runtime.read;

import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.turn.Progress;
import java.util.concurrent.CompletableFuture;

/** A read of a caller at this node that waits until it may be served. The loop's thread owns it. */
final class PendingRead {
  final ReadRequest request;
  final CompletableFuture<ReadFreshness> future = new CompletableFuture<>();
  long slot;
  // When the leader was asked for that slot.
  long requestedAtNanos = Long.MIN_VALUE;

  /** The parameters of a read. */
  record ReadRequest(
      ReadLevel level, long maxStalenessNanos, long atLeastIndex, long deadlineNanos) {}

  PendingRead(ReadRequest request) {
    this.request = request;
  }

  /** Whether a bounded read is within its bound according to heartbeats alone. */
  boolean isLeaderWithinBound(Progress here) {
    long staleness = here.stalenessNanos();
    return request.level() == ReadLevel.BOUNDED
        && staleness >= 0
        && staleness <= request.maxStalenessNanos();
  }

  /** Whether the leader answered, after the read began, with a slot that is applied here. */
  private boolean isConfirmed(Progress here) {
    return requestedAtNanos != Long.MIN_VALUE && here.slot() >= slot;
  }

  /**
   * Whether a bounded read is within its bound neither according to heartbeats nor to an answer.
   */
  boolean isTooOld(Progress here) {
    return request.level() == ReadLevel.BOUNDED && !isConfirmed(here) && !isLeaderWithinBound(here);
  }

  /** The result of a read that may be served. */
  ReadFreshness answer(Progress here) {
    if (request.level() == ReadLevel.STRONG) {
      return new ReadFreshness.Fresh(here.index(), 0);
    }
    long staleness = here.stalenessNanos();
    if (isTooOld(here)) {
      return new ReadFreshness.TooStale(here.index(), staleness);
    }
    // A heartbeat of the leader may be newer than its answer.
    boolean isAnswerNewer =
        isConfirmed(here) && (staleness < 0 || here.nowNanos() - requestedAtNanos < staleness);
    return new ReadFreshness.Fresh(
        here.index(), isAnswerNewer ? here.nowNanos() - requestedAtNanos : staleness);
  }

  /** The result of a read whose deadline has passed. */
  ReadFreshness missed(Progress here, boolean reached) {
    if (!reached) {
      return new ReadFreshness.NotYetApplied(here.index(), request.atLeastIndex());
    }
    return request.level() == ReadLevel.BOUNDED
        ? new ReadFreshness.TooStale(here.index(), here.stalenessNanos())
        : new ReadFreshness.NotYetApplied(here.index(), 0);
  }
}
