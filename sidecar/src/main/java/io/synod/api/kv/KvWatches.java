package io.synod.api.kv;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.RequestFields;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.UnaryReply;
import io.synod.api.call.WorkerThreads;
import io.synod.runtime.node.Node;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Opens watches of the map. Any thread may call it. */
public final class KvWatches {
  private static final Duration PROGRESS = Duration.ofSeconds(5);
  private static final Duration PROGRESS_MIN = Duration.ofMillis(100);

  /** How often a stalled initial state is checked within its patience. */
  private static final int CHECKS = 4;

  private final Node node;
  private final StreamCursors watches;
  private final WorkerThreads workers;
  private final Duration patience;

  /**
   * No watch is open yet.
   *
   * @param patience how long a reader may receive nothing of an initial state that is kept for it
   *     alone
   */
  public KvWatches(Node node, StreamCursors watches, WorkerThreads workers, Duration patience) {
    this.node = node;
    this.watches = watches;
    this.workers = workers;
    this.patience = patience;
  }

  void open(KvWatchRequest request, StreamObserver<KvWatchResponse> observer) {
    new UnaryReply<>(observer)
        .guard(
            () -> {
              KvCursor.KvWatchOptions options = options(request);
              Duration every =
                  request.hasProgressInterval()
                      ? RequestFields.atLeast(
                          "progress_interval", request.getProgressInterval(), PROGRESS_MIN)
                      : PROGRESS;
              begin(new KvCursor(observer, workers.pumps(), node, options), every);
            });
  }

  private KvCursor.KvWatchOptions options(KvWatchRequest request) {
    boolean prefix = request.getPrefix();
    String key =
        prefix
            ? RequestFields.prefix("key", request.getKey())
            : RequestFields.key("key", request.getKey());
    long start = RequestFields.number("start_index", request.getStartIndex());
    if (start != 0 && request.getInitialState()) {
      throw StatusErrors.invalid("start_index", "must not be set with initial_state");
    }
    return new KvCursor.KvWatchOptions(
        new KvFilter(key, prefix),
        start,
        request.getInitialState(),
        request.getPrevious(),
        patience);
  }

  private void begin(KvCursor cursor, Duration every) {
    List<Future<?>> ticking = new ArrayList<>();
    ticking.add(repeat(cursor::tick, every));
    if (cursor.isInitial()) {
      ticking.add(repeat(cursor::checkProgress, patience.dividedBy(CHECKS)));
    }
    watches.open(cursor, () -> ticking.forEach(one -> one.cancel(false)));
  }

  private Future<?> repeat(Runnable work, Duration every) {
    long nanos = Math.max(1, every.toNanos());
    return workers.clock().scheduleAtFixedRate(work, nanos, nanos, TimeUnit.NANOSECONDS);
  }
}
