package io.synod.api.inspect;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.Deadlines;
import io.synod.api.call.LogReads;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ResponseInfos;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.UnaryReply;
import io.synod.api.call.WorkerThreads;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Inspection;
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

/** The service that shows how Paxos decided: votes, elections and the trace. */
public final class InspectService extends InspectGrpc.InspectImplBase {
  private static final int ELECTIONS = 20;
  private static final int ELECTIONS_MAX = 1_000;
  private static final int TYPES_MAX = 64;

  /** A voter that has not answered by then is reported as unreachable. */
  private static final Duration TESTIMONY_WAIT_MAX = Duration.ofSeconds(2);

  private final Inspection inspection;
  private final AppliedLog appliedLog;
  private final ResponseInfos infos;
  private final StreamCursors traces;
  private final WorkerThreads workers;

  public InspectService(
      Inspection inspection,
      AppliedLog appliedLog,
      ResponseInfos infos,
      StreamCursors traces,
      WorkerThreads workers) {
    this.inspection = inspection;
    this.appliedLog = appliedLog;
    this.infos = infos;
    this.traces = traces;
    this.workers = workers;
  }

  @Override
  public void getDecision(GetDecisionRequest request, StreamObserver<DecisionRecord> observer) {
    UnaryReply<DecisionRecord> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          Duration patience = Deadlines.ofCall();
          Duration wait =
              patience.compareTo(TESTIMONY_WAIT_MAX) < 0 ? patience : TESTIMONY_WAIT_MAX;
          switch (request.getPlaceCase()) {
            case SLOT ->
                decide(RequestFields.positive("slot", request.getSlot()), wait, unaryReply);
            case INDEX -> {
              long index = RequestFields.positive("index", request.getIndex());
              workers
                  .readers()
                  .execute(() -> unaryReply.guard(() -> decide(slotOf(index), wait, unaryReply)));
            }
            case PLACE_NOT_SET -> throw StatusErrors.invalid("place", "must be a slot or an index");
          }
        });
  }

  private long slotOf(long index) {
    if (index > appliedLog.appliedIndex()) {
      throw StatusErrors.notChosen("index " + index);
    }
    long slot = inspection.slotOfIndex(index);
    // The slot of a trimmed index is not known, so the one found may be wrong.
    LogReads.kept(appliedLog, index);
    return slot;
  }

  private void decide(long slot, Duration wait, UnaryReply<DecisionRecord> unaryReply) {
    unaryReply.when(
        inspection.votes(slot, wait),
        voteReport ->
            workers
                .readers()
                .execute(
                    () ->
                        unaryReply.guard(
                            () ->
                                unaryReply.send(
                                    new DecisionReport(inspection, appliedLog, voteReport)
                                        .record(infos)))));
  }

  @Override
  public void listElections(
      ListElectionsRequest request, StreamObserver<ListElectionsResponse> observer) {
    UnaryReply<ListElectionsResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          int limit = RequestFields.bounded("limit", request.getLimit(), ELECTIONS, ELECTIONS_MAX);
          ListElectionsResponse.Builder response =
              ListElectionsResponse.newBuilder().setInfo(infos.now());
          inspection.eventLog().elections().stream()
              .limit(limit)
              .map(InspectService::election)
              .forEach(response::addElections);
          unaryReply.send(response.build());
        });
  }

  private static Election election(EventLog.Election seen) {
    Election.Builder election =
        Election.newBuilder()
            .setBallot(CommonMessages.ballot(seen.ballot()))
            .setResult(
                switch (seen.result()) {
                  case OPEN -> Election.Result.RESULT_OPEN;
                  case WON -> Election.Result.RESULT_WON;
                  case LOST -> Election.Result.RESULT_LOST;
                })
            .setReason(seen.reason())
            .addAllPromisedBy(ids(seen.promisedBy()))
            .addAllRefusedBy(ids(seen.refusedBy()))
            .setStartTime(CommonMessages.time(seen.startMillis()));
    if (seen.endMillis() != null) {
      election.setEndTime(CommonMessages.time(seen.endMillis()));
    }
    return election.build();
  }

  private static List<String> ids(List<Integer> nodes) {
    return nodes.stream().map(CommonMessages::node).toList();
  }

  @Override
  public void streamTrace(StreamTraceRequest request, StreamObserver<TraceEvent> observer) {
    new UnaryReply<>(observer)
        .guard(
            () -> {
              if (request.getTypesCount() > TYPES_MAX) {
                throw StatusErrors.invalid("types", "must be at most " + TYPES_MAX);
              }
              for (int type : request.getTypesValueList()) {
                if (type == 0 || TraceEvent.Type.forNumber(type) == null) {
                  throw StatusErrors.invalid("types", "has an unknown type of event: " + type);
                }
              }
              long slot = RequestFields.number("slot", request.getSlot());
              EventCursor.EventFilter filter =
                  new EventCursor.EventFilter(
                      Set.copyOf(request.getTypesList()), slot, request.getFromOldest());
              EventCursor cursor = new EventCursor(observer, workers.pumps(), inspection, filter);
              traces.open(cursor, () -> {});
            });
  }
}
