package io.synod.api.log;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.Deadlines;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.LogReads;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.Proposals;
import io.synod.api.call.ReadRequirement;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ResponseInfos;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.UnaryReply;
import io.synod.api.call.WorkerThreads;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.AckAppliedResponse;
import io.synod.v1.BarrierRequest;
import io.synod.v1.BarrierResponse;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.DropConsumerResponse;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.ListConsumersResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.ResponseInfo;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The service of the replicated log. */
public final class LogService extends LogGrpc.LogImplBase {
  private static final int PAGE_ENTRIES = 1_000;
  private static final int PAGE_ENTRIES_MAX = 10_000;
  private static final int PAGE_BYTES_MAX = 1 << 20;
  private static final int WATCH_BYTES = 256 << 10;
  private static final int WATCH_BYTES_MAX = 2 << 20;
  private static final Duration PROGRESS = Duration.ofSeconds(5);
  private static final Duration PROGRESS_MIN = Duration.ofMillis(100);

  private final Node node;
  private final ResponseInfos infos;
  private final Proposals proposals;
  private final StreamCursors watches;
  private final WorkerThreads workers;
  private final ConsumerCalls consumers;
  private final SnapshotCalls snapshots;

  public LogService(
      ServiceContext context,
      Proposals proposals,
      StreamCursors watches,
      ConsumerCalls consumers,
      SnapshotCalls snapshots) {
    this.node = context.node();
    this.infos = context.infos();
    this.proposals = proposals;
    this.watches = watches;
    this.workers = context.workers();
    this.consumers = consumers;
    this.snapshots = snapshots;
  }

  @Override
  public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
    UnaryReply<ProposeResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          proposals.fits(request.getCommand().size());
          String contentType = RequestFields.label("content_type", request.getContentType());
          IdempotencyKey idempotencyKey =
              IdempotencyKey.of(
                  request.hasSessionSequence() ? request.getSessionSequence() : null,
                  request.hasRequestId() ? request.getRequestId() : null);
          String consumer = consumers.awaited("wait_for_consumer", request.getWaitForConsumer());
          long deadline = ConsumerCalls.Await.deadline(Deadlines.ofCall());
          Payload payload = CommonMessages.payload(request.getCommand());
          NewEntry newEntry = new NewEntry(Entry.Kind.COMMAND, contentType, "", payload);
          unaryReply.when(
              proposals.add(newEntry, idempotencyKey),
              outcome -> {
                Outcome.Applied applied = OutcomeErrors.applied(outcome, idempotencyKey);
                consumers.whenAcknowledged(
                    unaryReply,
                    new ConsumerCalls.Await(consumer, applied.index(), deadline),
                    () -> response(applied));
              });
        });
  }

  private ProposeResponse response(Outcome.Applied applied) {
    ProposeResponse.Builder response =
        ProposeResponse.newBuilder()
            .setInfo(infos.including(applied.index()))
            .setIndex(applied.index())
            .setSlot(applied.slot())
            .setDeduplicated(applied.deduplicated())
            .setLogTime(CommonMessages.time(applied.logTimeMillis()));
    if (!applied.ballot().isNone()) {
      response.setBallot(CommonMessages.ballot(applied.ballot()));
    }
    return response.build();
  }

  @Override
  public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
    UnaryReply<ReadResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          ReadRequirement requirement = ReadRequirement.of(request.getOptions());
          long start = RequestFields.number("start_index", request.getStartIndex());
          int size =
              RequestFields.bounded(
                  "page_size", request.getPageSize(), PAGE_ENTRIES, PAGE_ENTRIES_MAX);
          Wanted wanted =
              new Wanted(requirement.level(), start, size, request.getIncludeInternal());
          unaryReply.whenRead(
              requirement.request(node.reads()),
              readFreshness -> {
                ReadFreshness.Fresh fresh = OutcomeErrors.fresh(readFreshness, node.inspection());
                workers
                    .readers()
                    .execute(
                        () ->
                            unaryReply.guard(
                                () -> unaryReply.send(page(wanted, fresh, unaryReply))));
              });
        });
  }

  private record Wanted(ReadLevel level, long start, int size, boolean internal) {}

  private ReadResponse page(Wanted wanted, ReadFreshness.Fresh fresh, UnaryReply<?> unaryReply) {
    AppliedLog appliedLog = node.appliedLog();
    long oldest = appliedLog.oldestIndex();
    long next = wanted.start() == 0 ? oldest : wanted.start();
    if (next < oldest) {
      throw StatusErrors.compacted(next, oldest);
    }
    ReadResponse.Builder response = ReadResponse.newBuilder();
    int bytes = 0;
    // Pages on which every entry is filtered out are skipped, since an empty answer means the end
    // of the log.
    while (response.getEntriesCount() == 0
        && next <= appliedLog.appliedIndex()
        && !unaryReply.isCancelled()) {
      AppliedLog.Page page = LogReads.page(appliedLog, next, wanted.size(), PAGE_BYTES_MAX);
      next = page.next();
      for (AppliedLog.Item item : page.entries()) {
        if (!wanted.internal() && item.entry().kind() != Entry.Kind.COMMAND) {
          continue;
        }
        io.synod.v1.Entry entry = CommonMessages.entry(item);
        bytes += entry.getSerializedSize();
        if (bytes > PAGE_BYTES_MAX && response.getEntriesCount() > 0) {
          next = item.index();
          break;
        }
        response.addEntries(entry);
      }
    }
    // Taken after the page, so that it includes all entries on it.
    ResponseInfo info = infos.read(wanted.level(), fresh, appliedLog.appliedIndex());
    return response
        .setInfo(info)
        .setNextIndex(next)
        .setOldestIndex(appliedLog.oldestIndex())
        .build();
  }

  @Override
  public void barrier(BarrierRequest request, StreamObserver<BarrierResponse> observer) {
    consumers.barrier(request, observer);
  }

  @Override
  public void ackApplied(AckAppliedRequest request, StreamObserver<AckAppliedResponse> observer) {
    consumers.ackApplied(request, observer);
  }

  @Override
  public void listConsumers(
      ListConsumersRequest request, StreamObserver<ListConsumersResponse> observer) {
    consumers.listConsumers(request, observer);
  }

  @Override
  public void dropConsumer(
      DropConsumerRequest request, StreamObserver<DropConsumerResponse> observer) {
    consumers.dropConsumer(request, observer);
  }

  @Override
  public StreamObserver<PutSnapshotRequest> putSnapshot(
      StreamObserver<PutSnapshotResponse> observer) {
    return snapshots.put(observer);
  }

  @Override
  public void getSnapshot(
      GetSnapshotRequest request, StreamObserver<GetSnapshotResponse> observer) {
    snapshots.get(request, observer);
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
    new UnaryReply<>(observer)
        .guard(
            () -> {
              long start = RequestFields.number("start_index", request.getStartIndex());
              int bytes =
                  RequestFields.bounded(
                      "max_batch_bytes", request.getMaxBatchBytes(), WATCH_BYTES, WATCH_BYTES_MAX);
              Duration every =
                  request.hasProgressInterval()
                      ? RequestFields.atLeast(
                          "progress_interval", request.getProgressInterval(), PROGRESS_MIN)
                      : PROGRESS;
              boolean internal = request.getIncludeInternal();
              String consumer = request.getConsumer();
              WatchCursor.WatchOptions options =
                  new WatchCursor.WatchOptions(
                      start(start, consumer, internal), consumer, internal, bytes);
              open(new WatchCursor(observer, workers.pumps(), node, options), every.toNanos());
            });
  }

  private CompletableFuture<Long> start(long given, String consumer, boolean internal) {
    if (consumer.isEmpty()) {
      return CompletableFuture.completedFuture(
          given == 0 ? node.appliedLog().appliedIndex() + 1 : given);
    }
    RequestFields.consumer("consumer", consumer);
    if (given != 0) {
      throw StatusErrors.invalid("start_index", "must not be set with consumer");
    }
    return consumers.resumption(consumer, internal);
  }

  private void open(WatchCursor cursor, long everyNanos) {
    ScheduledFuture<?> ticking =
        workers
            .clock()
            .scheduleAtFixedRate(cursor::tick, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
    watches.open(cursor, () -> ticking.cancel(false));
    cursor.awaitStart();
  }
}
