package io.synod.api.log;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.ErrorMapping;
import io.synod.api.call.LogReads;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursor;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.StateReads;
import io.synod.state.command.Entry;
import io.synod.v1.EntryBatch;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * One watch of the log: an index into it. All matching entries below {@code next} were passed to
 * gRPC, in order and once; a progress message that reports this follows them on the same stream.
 */
final class WatchCursor extends StreamCursor<WatchResponse> {
  /** How many messages one run may send. */
  private static final int MESSAGES_PER_TURN = 4;

  private static final int ENTRIES_PER_MESSAGE = 1_000;

  private final StateReads reads;
  private final Inspection inspection;
  private final AppliedLog appliedLog;
  private final boolean internal;
  private final int batchBytes;
  private final WatchOptions options;
  private long next;
  private boolean started;
  private boolean drainedOnce;
  private volatile boolean markDue;

  /**
   * The request of a watch, checked.
   *
   * @param start the first requested index, once it is known
   * @param consumer the consumer that resumes; "" if there is none
   */
  record WatchOptions(
      CompletableFuture<Long> start, String consumer, boolean internal, int batchBytes) {}

  WatchCursor(
      StreamObserver<WatchResponse> observer, Executor executor, Node node, WatchOptions options) {
    super(observer, executor);
    this.reads = node.reads();
    this.inspection = node.inspection();
    this.appliedLog = node.appliedLog();
    this.internal = options.internal();
    this.batchBytes = options.batchBytes();
    this.options = options;
  }

  /** Starts sending once the first index is known. To be called once the stream is open. */
  void awaitStart() {
    CompletableFuture<Long> unused = options.start().whenComplete((start, failed) -> signal());
  }

  /** Requests a progress message. Any thread may call it. */
  void tick() {
    markDue = true;
    signal();
  }

  @Override
  protected void advance() {
    if (reads.isQuarantined()) {
      throw StatusErrors.quarantined();
    }
    if (!started) {
      if (!options.start().isDone()) {
        return;
      }
      start();
    }
    for (int sent = 0; sent < MESSAGES_PER_TURN; sent++) {
      if (!ready()) {
        return;
      }
      long applied = appliedLog.appliedIndex();
      if (next > applied) {
        drained();
        return;
      }
      checkKept();
      EntryBatch batch = batch();
      if (batch.getEntriesCount() > 0) {
        send(WatchResponse.newBuilder().setBatch(batch).build());
      }
      if (markDue) {
        mark(false);
      }
    }
    signal();
  }

  @Override
  protected long place() {
    return started ? next : Long.MAX_VALUE;
  }

  private void start() {
    next = startIndex();
    checkKept();
    started = true;
    WatchStarted.Builder start =
        WatchStarted.newBuilder()
            .setNodeId(CommonMessages.node(inspection.status().node()))
            .setStartIndex(next)
            .setOldestIndex(appliedLog.oldestIndex())
            .setAppliedIndex(appliedLog.appliedIndex());
    send(WatchResponse.newBuilder().setStarted(start).build());
  }

  private long startIndex() {
    try {
      return options.start().join();
    } catch (CompletionException failed) {
      throw ErrorMapping.refusal(failed.getCause() == null ? failed : failed.getCause());
    }
  }

  private void checkKept() {
    long oldest = appliedLog.oldestIndex();
    if (next < oldest) {
      throw StatusErrors.compacted(
          next, oldest, SnapshotMessages.infos(reads.state().consumer(options.consumer())));
    }
  }

  /** The entries of the next message; advances {@code next} beyond them. */
  private EntryBatch batch() {
    EntryBatch.Builder batch = EntryBatch.newBuilder();
    AppliedLog.Page page = LogReads.page(appliedLog, next, ENTRIES_PER_MESSAGE, batchBytes);
    int bytes = 0;
    for (AppliedLog.Item item : page.entries()) {
      if (!internal && item.entry().kind() != Entry.Kind.COMMAND) {
        continue;
      }
      io.synod.v1.Entry entry = CommonMessages.entry(item);
      bytes += entry.getSerializedSize();
      if (bytes > batchBytes && batch.getEntriesCount() > 0) {
        next = item.index();
        return batch.build();
      }
      batch.addEntries(entry);
    }
    next = page.next();
    return batch.build();
  }

  private void drained() {
    if (!drainedOnce || markDue) {
      drainedOnce = true;
      mark(true);
    }
  }

  private void mark(boolean caughtUp) {
    markDue = false;
    NodeStatus status = inspection.status();
    WatchProgress.Builder progress =
        WatchProgress.newBuilder()
            .setIndex(next - 1)
            .setChosenIndex(appliedLog.chosenIndex())
            .setCaughtUp(caughtUp);
    if (status.leaderContactNanos() >= 0) {
      progress.setLeaderContact(CommonMessages.duration(status.leaderContactNanos()));
    }
    send(WatchResponse.newBuilder().setProgress(progress).build());
  }
}
