package io.synod.api.kv;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.LogReads;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.Proposals;
import io.synod.api.call.ReadRequirement;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ResponseInfos;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.UnaryReply;
import io.synod.api.call.WorkerThreads;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.StateReads;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Reply.Done;
import io.synod.v1.DeleteRequest;
import io.synod.v1.DeleteResponse;
import io.synod.v1.GetRequest;
import io.synod.v1.GetResponse;
import io.synod.v1.KVGrpc;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.ListRequest;
import io.synod.v1.ListResponse;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The service of the replicated key-value map. */
public final class KvService extends KVGrpc.KVImplBase {
  private static final int PAGE_PAIRS = 1_000;
  private static final int PAGE_PAIRS_MAX = 10_000;
  private static final int PAGE_BYTES_MAX = 1 << 20;

  private final StateReads reads;
  private final Inspection inspection;
  private final ResponseInfos infos;
  private final Proposals proposals;
  private final KvWatches watches;
  private final WorkerThreads workers;
  private final PageTokens tokens;

  public KvService(
      Node node,
      ResponseInfos infos,
      Proposals proposals,
      KvWatches watches,
      WorkerThreads workers) {
    this.reads = node.reads();
    this.inspection = node.inspection();
    this.infos = infos;
    this.proposals = proposals;
    this.watches = watches;
    this.workers = workers;
    this.tokens = new PageTokens(infos.cluster());
  }

  // ---- reads

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    UnaryReply<GetResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String key = RequestFields.key("key", request.getKey());
          long at = RequestFields.number("at_index", request.getAtIndex());
          ReadRequirement requirement = ReadRequirement.of(request.getOptions()).atLeast(at);
          unaryReply.whenRead(
              requirement.request(reads),
              readFreshness -> {
                ReadFreshness.Fresh fresh = OutcomeErrors.fresh(readFreshness, inspection);
                State state = LogReads.state(reads, at);
                GetResponse.Builder response =
                    GetResponse.newBuilder()
                        .setInfo(infos.read(requirement.level(), fresh, state.index()));
                @Nullable KeyValue pair = state.get(key);
                if (pair != null) {
                  response.setKv(KvMessages.pair(pair));
                }
                unaryReply.send(response.build());
              });
        });
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListResponse> observer) {
    UnaryReply<ListResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String prefix = RequestFields.prefix("prefix", request.getPrefix());
          int size =
              RequestFields.bounded("page_size", request.getPageSize(), PAGE_PAIRS, PAGE_PAIRS_MAX);
          PageTokens.ListPosition position = place(request, prefix);
          ReadRequirement requirement =
              ReadRequirement.of(request.getOptions()).atLeast(position.index());
          Listing listing =
              new Listing(
                  prefix,
                  position,
                  new PairPage.Size(size, PAGE_BYTES_MAX, request.getKeysOnly()),
                  requirement);
          unaryReply.whenRead(
              requirement.request(reads),
              readFreshness -> {
                ReadFreshness.Fresh fresh = OutcomeErrors.fresh(readFreshness, inspection);
                // Taken before the wait for a thread, since the state may be dropped meanwhile.
                State state = LogReads.state(reads, position.index());
                workers
                    .readers()
                    .execute(
                        () -> unaryReply.guard(() -> unaryReply.send(page(listing, state, fresh))));
              });
        });
  }

  private record Listing(
      String prefix,
      PageTokens.ListPosition position,
      PairPage.Size size,
      ReadRequirement requirement) {}

  /** Where the page starts, and in which state; index 0 stands for the newest. */
  private PageTokens.ListPosition place(ListRequest request, String prefix) {
    long at = RequestFields.number("at_index", request.getAtIndex());
    if (request.getPageToken().isEmpty()) {
      return new PageTokens.ListPosition(at, "");
    }
    if (at != 0) {
      throw StatusErrors.invalid("at_index", "must not be set with page_token");
    }
    return tokens.read(prefix, request.getPageToken());
  }

  private ListResponse page(Listing listing, State state, ReadFreshness.Fresh fresh) {
    PairPage page =
        PairPage.of(state, listing.prefix(), listing.position().after(), listing.size());
    ListResponse.Builder response =
        ListResponse.newBuilder()
            .setInfo(infos.read(listing.requirement().level(), fresh, state.index()))
            .addAllKvs(page.pairs())
            .setIndex(state.index());
    if (page.more()) {
      response.setNextPageToken(
          tokens.write(listing.prefix(), new PageTokens.ListPosition(state.index(), page.last())));
    }
    return response.build();
  }

  @Override
  public void watch(KvWatchRequest request, StreamObserver<KvWatchResponse> observer) {
    watches.open(request, observer);
  }

  // ---- writes

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> observer) {
    UnaryReply<PutResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          Txn txn = KvRequests.put(request);
          IdempotencyKey idempotencyKey =
              IdempotencyKey.of(
                  request.hasSessionSequence() ? request.getSessionSequence() : null,
                  request.hasRequestId() ? request.getRequestId() : null);
          unaryReply.when(
              proposed(txn, idempotencyKey),
              outcome -> {
                Outcome.Applied applied = OutcomeErrors.applied(outcome, idempotencyKey);
                io.synod.v1.OpResult result = only(applied, txn, request.getKey());
                PutResponse.Builder response =
                    PutResponse.newBuilder()
                        .setInfo(infos.including(applied.index()))
                        .setKv(result.getKv())
                        .setDeduplicated(applied.deduplicated());
                if (result.hasPrevious()) {
                  response.setPrevious(result.getPrevious());
                }
                unaryReply.send(response.build());
              });
        });
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
    UnaryReply<DeleteResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          Txn txn = KvRequests.delete(request);
          IdempotencyKey idempotencyKey =
              IdempotencyKey.of(
                  request.hasSessionSequence() ? request.getSessionSequence() : null,
                  request.hasRequestId() ? request.getRequestId() : null);
          unaryReply.when(
              proposed(txn, idempotencyKey),
              outcome -> {
                Outcome.Applied applied = OutcomeErrors.applied(outcome, idempotencyKey);
                io.synod.v1.OpResult result = only(applied, txn, request.getKey());
                DeleteResponse.Builder response =
                    DeleteResponse.newBuilder()
                        .setInfo(infos.including(applied.index()))
                        .setDeduplicated(applied.deduplicated());
                if (result.hasPrevious()) {
                  response.setPrevious(result.getPrevious());
                }
                unaryReply.send(response.build());
              });
        });
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    UnaryReply<TxnResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          Txn txn = KvRequests.txn(request);
          IdempotencyKey idempotencyKey =
              IdempotencyKey.of(
                  request.hasSessionSequence() ? request.getSessionSequence() : null,
                  request.hasRequestId() ? request.getRequestId() : null);
          unaryReply.when(
              proposed(txn, idempotencyKey),
              outcome ->
                  unaryReply.send(done(OutcomeErrors.applied(outcome, idempotencyKey), txn)));
        });
  }

  private TxnResponse done(Outcome.Applied applied, Txn txn) {
    Done done = (Done) applied.reply();
    TxnResponse.Builder response =
        TxnResponse.newBuilder()
            .setInfo(infos.including(applied.index()))
            .setIndex(applied.index())
            .setSucceeded(done.succeeded())
            .setDeduplicated(applied.deduplicated());
    List<Op> ops = done.succeeded() ? txn.success() : txn.failure();
    for (int i = 0; i < ops.size(); i++) {
      response.addResults(KvMessages.result(ops.get(i), done.results().get(i)));
    }
    return response.build();
  }

  private CompletableFuture<Outcome> proposed(Txn txn, IdempotencyKey idempotencyKey) {
    NewEntry newEntry = NewEntry.of(Entry.Kind.KV, txn.encode());
    return KvRequests.adds(txn)
        ? proposals.add(newEntry, idempotencyKey)
        : proposals.pass(newEntry, idempotencyKey);
  }

  /** The result of a single operation; throws CONDITION_FAILED if its condition did not hold. */
  private io.synod.v1.OpResult only(Outcome.Applied applied, Txn txn, String key) {
    Done done = (Done) applied.reply();
    if (!done.succeeded()) {
      // The pair as it was when it was compared, if that state is still kept.
      State then = reads.stateAt(applied.index());
      @Nullable KeyValue pair = (then == null ? reads.state() : then).get(key);
      throw StatusErrors.pairDiffers(pair == null ? 0 : pair.modIndex());
    }
    return KvMessages.result(txn.success().get(0), done.results().get(0));
  }
}
