package io.synod.api.kv;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Again;
import io.synod.api.call.Fields;
import io.synod.api.call.Infos;
import io.synod.api.call.Outcomes;
import io.synod.api.call.Past;
import io.synod.api.call.Proposals;
import io.synod.api.call.ReadWish;
import io.synod.api.call.Refusal;
import io.synod.api.call.Reply;
import io.synod.api.call.Workers;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.KeyValue;
import io.synod.state.Op;
import io.synod.state.Reply.Done;
import io.synod.state.State;
import io.synod.state.Txn;
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

/** The replicated map. */
public final class KvService extends KVGrpc.KVImplBase {
  private static final int PAGE_PAIRS = 1_000;
  private static final int PAGE_PAIRS_MAX = 10_000;
  private static final int PAGE_BYTES_MAX = 1 << 20;

  private final Node node;
  private final Infos infos;
  private final Proposals proposals;
  private final KvWatches watches;
  private final Workers workers;
  private final PageTokens tokens;

  public KvService(
      Node node, Infos infos, Proposals proposals, KvWatches watches, Workers workers) {
    this.node = node;
    this.infos = infos;
    this.proposals = proposals;
    this.watches = watches;
    this.workers = workers;
    this.tokens = new PageTokens(infos.cluster());
  }

  // ---- reads

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    Reply<GetResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String key = Fields.key("key", request.getKey());
          long at = Fields.number("at_index", request.getAtIndex());
          ReadWish wish = ReadWish.of(request.getOptions()).atLeast(at);
          reply.whenRead(
              wish.ask(node),
              freshness -> {
                Freshness.Fresh fresh = Outcomes.fresh(freshness, node);
                State state = Past.state(node, at);
                GetResponse.Builder response =
                    GetResponse.newBuilder()
                        .setInfo(infos.read(wish.level(), fresh, state.index()));
                @Nullable KeyValue pair = state.get(key);
                if (pair != null) {
                  response.setKv(KvForm.pair(pair));
                }
                reply.send(response.build());
              });
        });
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListResponse> observer) {
    Reply<ListResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String prefix = Fields.prefix("prefix", request.getPrefix());
          int size = Fields.bounded("page_size", request.getPageSize(), PAGE_PAIRS, PAGE_PAIRS_MAX);
          PageTokens.Place place = place(request, prefix);
          ReadWish wish = ReadWish.of(request.getOptions()).atLeast(place.index());
          Listing listing =
              new Listing(
                  prefix,
                  place,
                  new PairPage.Size(size, PAGE_BYTES_MAX, request.getKeysOnly()),
                  wish);
          reply.whenRead(
              wish.ask(node),
              freshness -> {
                Freshness.Fresh fresh = Outcomes.fresh(freshness, node);
                // Before it waits for a thread: it may be about to be forgotten.
                State state = Past.state(node, place.index());
                workers
                    .readers()
                    .execute(() -> reply.guard(() -> reply.send(page(listing, state, fresh))));
              });
        });
  }

  private record Listing(
      String prefix, PageTokens.Place place, PairPage.Size size, ReadWish wish) {}

  /** Where the page starts, and in which state; index 0 for the newest. */
  private PageTokens.Place place(ListRequest request, String prefix) {
    long at = Fields.number("at_index", request.getAtIndex());
    if (request.getPageToken().isEmpty()) {
      return new PageTokens.Place(at, "");
    }
    if (at != 0) {
      throw Refusal.invalid("at_index", "must not be set with page_token");
    }
    return tokens.read(prefix, request.getPageToken());
  }

  private ListResponse page(Listing listing, State state, Freshness.Fresh fresh) {
    PairPage page = PairPage.of(state, listing.prefix(), listing.place().after(), listing.size());
    ListResponse.Builder response =
        ListResponse.newBuilder()
            .setInfo(infos.read(listing.wish().level(), fresh, state.index()))
            .addAllKvs(page.pairs())
            .setIndex(state.index());
    if (page.more()) {
      response.setNextPageToken(
          tokens.write(listing.prefix(), new PageTokens.Place(state.index(), page.last())));
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
    Reply<PutResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          Txn txn = KvFields.put(request);
          Again again =
              Again.of(
                  request.hasSessionSequence() ? request.getSessionSequence() : null,
                  request.hasRequestId() ? request.getRequestId() : null);
          reply.when(
              proposed(txn, again),
              outcome -> {
                Outcome.Applied applied = Outcomes.applied(outcome, again);
                io.synod.v1.OpResult result = only(applied, txn, request.getKey());
                PutResponse.Builder response =
                    PutResponse.newBuilder()
                        .setInfo(infos.including(applied.index()))
                        .setKv(result.getKv())
                        .setDeduplicated(applied.deduplicated());
                if (result.hasPrevious()) {
                  response.setPrevious(result.getPrevious());
                }
                reply.send(response.build());
              });
        });
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
    Reply<DeleteResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          Txn txn = KvFields.delete(request);
          Again again =
              Again.of(
                  request.hasSessionSequence() ? request.getSessionSequence() : null,
                  request.hasRequestId() ? request.getRequestId() : null);
          reply.when(
              proposed(txn, again),
              outcome -> {
                Outcome.Applied applied = Outcomes.applied(outcome, again);
                io.synod.v1.OpResult result = only(applied, txn, request.getKey());
                DeleteResponse.Builder response =
                    DeleteResponse.newBuilder()
                        .setInfo(infos.including(applied.index()))
                        .setDeduplicated(applied.deduplicated());
                if (result.hasPrevious()) {
                  response.setPrevious(result.getPrevious());
                }
                reply.send(response.build());
              });
        });
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    Reply<TxnResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          Txn txn = KvFields.txn(request);
          Again again =
              Again.of(
                  request.hasSessionSequence() ? request.getSessionSequence() : null,
                  request.hasRequestId() ? request.getRequestId() : null);
          reply.when(
              proposed(txn, again),
              outcome -> reply.send(done(Outcomes.applied(outcome, again), txn)));
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
      response.addResults(KvForm.result(ops.get(i), done.results().get(i)));
    }
    return response.build();
  }

  private CompletableFuture<Outcome> proposed(Txn txn, Again again) {
    Draft draft = Draft.of(Entry.Kind.KV, txn.encode());
    return KvFields.adds(txn) ? proposals.add(draft, again) : proposals.pass(draft, again);
  }

  /** The result of the one operation, or the refusal because its condition did not hold. */
  private io.synod.v1.OpResult only(Outcome.Applied applied, Txn txn, String key) {
    Done done = (Done) applied.reply();
    if (!done.succeeded()) {
      // As it was when it was compared, as long as that is kept.
      State then = node.stateAt(applied.index());
      @Nullable KeyValue pair = (then == null ? node.state() : then).get(key);
      throw Refusal.pairDiffers(pair == null ? 0 : pair.modIndex());
    }
    return KvForm.result(txn.success().get(0), done.results().get(0));
  }
}
