package io.synod.api;

import io.grpc.stub.StreamObserver;
import io.synod.runtime.Node;
import io.synod.runtime.Outcome;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Payload;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.CloseSessionResponse;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.SessionsGrpc;

/** Sessions of callers. */
final class SessionsService extends SessionsGrpc.SessionsImplBase {
  /** No proposal has it, so a close never meets the answer of one. */
  private static final long CLOSING_SEQUENCE = Long.MAX_VALUE;

  private final Node node;
  private final Infos infos;

  SessionsService(Node node, Infos infos) {
    this.node = node;
    this.infos = infos;
  }

  @Override
  public void openSession(
      OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
    Reply<OpenSessionResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String name = Fields.label("display_name", request.getDisplayName());
          reply.when(
              node.openSession(name, Patience.ofCall()), outcome -> reply.send(opened(outcome)));
        });
  }

  private OpenSessionResponse opened(Outcome outcome) {
    Outcome.Applied applied = Outcomes.applied(outcome, null);
    return OpenSessionResponse.newBuilder()
        .setInfo(infos.including(applied.index()))
        .setSessionId(WireForm.session(applied.index()))
        .setMaxUnacknowledged(Fields.UNACKNOWLEDGED_MAX)
        .build();
  }

  @Override
  public void closeSession(
      CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
    Reply<CloseSessionResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          long session = Fields.session("session_id", request.getSessionId());
          Entry entry =
              Draft.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY)
                  .under(infos.node(), new Entry.Key(session, CLOSING_SEQUENCE), 0);
          reply.when(
              node.propose(entry, Patience.ofCall()),
              outcome -> {
                Outcome.Applied applied = Outcomes.applied(outcome, null);
                reply.send(
                    CloseSessionResponse.newBuilder()
                        .setInfo(infos.including(applied.index()))
                        .build());
              });
        });
  }
}
