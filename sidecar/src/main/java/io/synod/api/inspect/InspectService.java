package io.synod.api.inspect;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Cursors;
import io.synod.api.call.Fields;
import io.synod.api.call.Infos;
import io.synod.api.call.Past;
import io.synod.api.call.Patience;
import io.synod.api.call.Refusal;
import io.synod.api.call.Reply;
import io.synod.api.call.WireForm;
import io.synod.api.call.Workers;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Trace;
import io.synod.v1.DecisionRecord;
import io.synod.v1.Election;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.InspectGrpc;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.ListElectionsResponse;
import io.synod.v1.StreamTraceRequest;
import io.synod.v1.TraceEvent;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The glass box. */
public final class InspectService extends InspectGrpc.InspectImplBase {
  private static final int ELECTIONS = 20;
  private static final int ELECTIONS_MAX = 1_000;
  private static final int TYPES_MAX = 64;

  /** A voter that did not answer by then is named as unreachable, and the rest is told. */
  private static final Duration TESTIMONY_WAIT_MAX = Duration.ofSeconds(2);

  private final Node node;
  private final Infos infos;
  private final Cursors traces;
  private final Workers workers;

  public InspectService(Node node, Infos infos, Cursors traces, Workers workers) {
    this.node = node;
    this.infos = infos;
    this.traces = traces;
    this.workers = workers;
  }

  @Override
  public void getDecision(GetDecisionRequest request, StreamObserver<DecisionRecord> observer) {
    Reply<DecisionRecord> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          Duration patience = Patience.ofCall();
          Duration wait =
              patience.compareTo(TESTIMONY_WAIT_MAX) < 0 ? patience : TESTIMONY_WAIT_MAX;
          switch (request.getPlaceCase()) {
            case SLOT -> decide(Fields.positive("slot", request.getSlot()), wait, reply);
            case INDEX -> {
              long index = Fields.positive("index", request.getIndex());
              workers
                  .readers()
                  .execute(() -> reply.guard(() -> decide(slotOf(index), wait, reply)));
            }
            case PLACE_NOT_SET -> throw Refusal.invalid("place", "must be a slot or an index");
          }
        });
  }

  private long slotOf(long index) {
    if (index > node.feed().appliedIndex()) {
      throw Refusal.notChosen("index " + index);
    }
    long slot = node.slotOfIndex(index);
    // Of what is trimmed it is not known, and what was said may be of another.
    Past.kept(node.feed(), index);
    return slot;
  }

  private void decide(long slot, Duration wait, Reply<DecisionRecord> reply) {
    reply.when(
        node.votes(slot, wait),
        testimony ->
            workers
                .readers()
                .execute(
                    () ->
                        reply.guard(
                            () -> reply.send(new Decision(node, testimony).record(infos)))));
  }

  @Override
  public void listElections(
      ListElectionsRequest request, StreamObserver<ListElectionsResponse> observer) {
    Reply<ListElectionsResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          int limit = Fields.bounded("limit", request.getLimit(), ELECTIONS, ELECTIONS_MAX);
          ListElectionsResponse.Builder response =
              ListElectionsResponse.newBuilder().setInfo(infos.now());
          node.trace().elections().stream()
              .limit(limit)
              .map(InspectService::election)
              .forEach(response::addElections);
          reply.send(response.build());
        });
  }

  private static Election election(Trace.Election seen) {
    Election.Builder election =
        Election.newBuilder()
            .setBallot(WireForm.ballot(seen.ballot()))
            .setResult(
                switch (seen.result()) {
                  case OPEN -> Election.Result.RESULT_OPEN;
                  case WON -> Election.Result.RESULT_WON;
                  case LOST -> Election.Result.RESULT_LOST;
                })
            .setReason(seen.reason())
            .addAllPromisedBy(ids(seen.promisedBy()))
            .addAllRefusedBy(ids(seen.refusedBy()))
            .setStartTime(WireForm.time(seen.startMillis()));
    if (seen.endMillis() != null) {
      election.setEndTime(WireForm.time(seen.endMillis()));
    }
    return election.build();
  }

  private static List<String> ids(List<Integer> nodes) {
    return nodes.stream().map(WireForm::node).toList();
  }

  @Override
  public void streamTrace(StreamTraceRequest request, StreamObserver<TraceEvent> observer) {
    new Reply<>(observer)
        .guard(
            () -> {
              if (request.getTypesCount() > TYPES_MAX) {
                throw Refusal.invalid("types", "must be at most " + TYPES_MAX);
              }
              for (int type : request.getTypesValueList()) {
                if (type == 0 || TraceEvent.Type.forNumber(type) == null) {
                  throw Refusal.invalid("types", "holds no type of event: " + type);
                }
              }
              long slot = Fields.number("slot", request.getSlot());
              TraceCursor.Wish wish =
                  new TraceCursor.Wish(
                      Set.copyOf(request.getTypesList()), slot, request.getFromOldest());
              TraceCursor cursor = new TraceCursor(observer, workers.pumps(), node, wish);
              traces.open(cursor, () -> {});
            });
  }
}
