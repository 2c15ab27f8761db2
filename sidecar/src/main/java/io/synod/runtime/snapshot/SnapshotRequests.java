package io.synod.runtime.snapshot;

import io.synod.runtime.node.SnapshotOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The requests for a snapshot. Any thread may call {@link #add}; the other methods are called by
 * the loop.
 */
final class SnapshotRequests {
  private final List<CompletableFuture<SnapshotOutcome>> added = new ArrayList<>();
  private final List<CompletableFuture<SnapshotOutcome>> waiting = new ArrayList<>();
  private boolean closed;

  /** Adds a request, which waits for the snapshot that becomes due next. */
  CompletableFuture<SnapshotOutcome> add() {
    CompletableFuture<SnapshotOutcome> request = new CompletableFuture<>();
    synchronized (added) {
      if (closed) {
        return CompletableFuture.completedFuture(new SnapshotOutcome.Stopping());
      }
      added.add(request);
    }
    return request;
  }

  /** Lets the requests that were added wait for the snapshot that is due now. */
  void collect() {
    synchronized (added) {
      waiting.addAll(added);
      added.clear();
    }
  }

  /** Whether requests were collected that are not answered. */
  boolean areWaiting() {
    return !waiting.isEmpty();
  }

  /** Answers the requests that were collected. */
  void answer(SnapshotOutcome outcome) {
    waiting.forEach(request -> request.complete(outcome));
    waiting.clear();
  }

  /** Answers all requests, those that are added later too, that the node stops. */
  void close() {
    synchronized (added) {
      closed = true;
    }
    collect();
    answer(new SnapshotOutcome.Stopping());
  }
}
