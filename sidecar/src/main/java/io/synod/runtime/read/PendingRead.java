package io.synod.runtime.read;

import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.turn.Progress;
import java.util.concurrent.CompletableFuture;

/** A read of a caller here that waits until it may be served. The loop's thread owns it. */
final class PendingRead {
  final ReadRequest request;
  final CompletableFuture<ReadFreshness> future = new CompletableFuture<>();
  long slot;
  // When the leader was asked for that slot.
  long askedAtNanos = Long.MIN_VALUE;

  /** What a caller wants. */
  record ReadRequest(
      ReadLevel level, long maxStalenessNanos, long atLeastIndex, long deadlineNanos) {}

  PendingRead(ReadRequest request) {
    this.request = request;
  }

  /** Whether a bounded read is within its bound by what was heard, whatever it asked. */
  boolean isHeardWithinBound(Progress here) {
    long staleness = here.stalenessNanos();
    return request.level() == ReadLevel.BOUNDED
        && staleness >= 0
        && staleness <= request.maxStalenessNanos();
  }

  /** Whether the leader told of a slot, after the read began, that is applied here. */
  private boolean isConfirmed(Progress here) {
    return askedAtNanos != Long.MIN_VALUE && here.slot() >= slot;
  }

  /** Whether a bounded read is within its bound neither by what was heard nor by an answer. */
  boolean isTooOld(Progress here) {
    return request.level() == ReadLevel.BOUNDED && !isConfirmed(here) && !isHeardWithinBound(here);
  }

  /** What it is served with, for it waits for nothing any more. */
  ReadFreshness answer(Progress here) {
    if (request.level() == ReadLevel.STRONG) {
      return new ReadFreshness.Fresh(here.index(), 0);
    }
    long staleness = here.stalenessNanos();
    if (isTooOld(here)) {
      return new ReadFreshness.TooStale(here.index(), staleness);
    }
    // The leader may have been heard again since it was asked.
    boolean isAnswerNewer =
        isConfirmed(here) && (staleness < 0 || here.nowNanos() - askedAtNanos < staleness);
    return new ReadFreshness.Fresh(
        here.index(), isAnswerNewer ? here.nowNanos() - askedAtNanos : staleness);
  }

  /** What it was waiting for, now that its time is up. */
  ReadFreshness missed(Progress here, boolean reached) {
    if (!reached) {
      return new ReadFreshness.NotYetApplied(here.index(), request.atLeastIndex());
    }
    return request.level() == ReadLevel.BOUNDED
        ? new ReadFreshness.TooStale(here.index(), here.stalenessNanos())
        : new ReadFreshness.NotYetApplied(here.index(), 0);
  }
}
