package io.synod.api.lock;

import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.Deadlines;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.Proposals;
import io.synod.api.call.ReadRequirement;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ResponseInfos;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.UnaryReply;
import io.synod.api.call.WorkerThreads;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.CloseSessionResponse;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.ListSessionsResponse;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.SessionState;
import io.synod.v1.SessionsGrpc;
import java.time.Duration;

/** The service of callers' sessions. */
public final class SessionsService extends SessionsGrpc.SessionsImplBase {
  /** No proposal has this sequence, so a close never finds the answer of one. */
  private static final long CLOSING_SEQUENCE = Long.MAX_VALUE;

  private static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofHours(24);
  private static final int PAGE_SESSIONS = 1_000;
  private static final int PAGE_SESSIONS_MAX = 10_000;

  private static final IdempotencyKey OPENED_AGAIN =
      IdempotencyKey.none(
          "repeating it opens another session; ListSessions shows whether this one is open");
  private static final IdempotencyKey CLOSED_AGAIN =
      IdempotencyKey.none("repeat it: SESSION_UNKNOWN means that the session is closed");

  private final Node node;
  private final ResponseInfos infos;
  private final Proposals proposals;
  private final StreamCursors keeping;
  private final WorkerThreads workers;

  public SessionsService(
      Node node,
      ResponseInfos infos,
      Proposals proposals,
      StreamCursors keeping,
      WorkerThreads workers) {
    this.node = node;
    this.infos = infos;
    this.proposals = proposals;
    this.keeping = keeping;
    this.workers = workers;
  }

  @Override
  public void openSession(
      OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
    UnaryReply<OpenSessionResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String name = RequestFields.label("display_name", request.getDisplayName());
          long ttlMillis =
              request.hasTtl()
                  ? RequestFields.between("ttl", request.getTtl(), TTL_MIN, TTL_MAX).toMillis()
                  : 0;
          NewEntry open =
              new NewEntry(
                  Entry.Kind.OPEN_SESSION, name, "", new SystemCommands.Open(ttlMillis).encode());
          unaryReply.when(proposals.open(open), outcome -> unaryReply.send(opened(outcome)));
        });
  }

  private OpenSessionResponse opened(Outcome outcome) {
    Outcome.Applied applied = OutcomeErrors.applied(outcome, OPENED_AGAIN);
    return OpenSessionResponse.newBuilder()
        .setInfo(infos.including(applied.index()))
        .setSessionId(CommonMessages.session(applied.index()))
        .setMaxUnacknowledged(RequestFields.UNACKNOWLEDGED_MAX)
        .build();
  }

  @Override
  public StreamObserver<KeepSessionRequest> keepSessions(StreamObserver<SessionState> observer) {
    KeepCursor cursor = new KeepCursor(observer, workers.pumps(), node);
    new UnaryReply<>(observer).guard(() -> keeping.open(cursor, cursor::release));
    return cursor;
  }

  @Override
  public void closeSession(
      CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
    UnaryReply<CloseSessionResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          long session = RequestFields.session("session_id", request.getSessionId());
          Entry entry =
              NewEntry.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY)
                  .under(infos.node(), new Entry.Key(session, CLOSING_SEQUENCE), 0);
          unaryReply.when(
              node.proposer().propose(entry, Deadlines.ofCall()),
              outcome -> {
                Outcome.Applied applied = OutcomeErrors.applied(outcome, CLOSED_AGAIN);
                unaryReply.send(
                    CloseSessionResponse.newBuilder()
                        .setInfo(infos.including(applied.index()))
                        .build());
              });
        });
  }

  @Override
  public void listSessions(
      ListSessionsRequest request, StreamObserver<ListSessionsResponse> observer) {
    UnaryReply<ListSessionsResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          int size =
              RequestFields.bounded(
                  "page_size", request.getPageSize(), PAGE_SESSIONS, PAGE_SESSIONS_MAX);
          String last = request.getAfterSessionId();
          long after = last.isEmpty() ? 0 : RequestFields.session("after_session_id", last);
          ReadRequirement requirement = ReadRequirement.of(request.getOptions());
          unaryReply.whenRead(
              requirement.request(node.reads()),
              readFreshness -> {
                ReadFreshness.Fresh fresh = OutcomeErrors.fresh(readFreshness, node.inspection());
                workers
                    .readers()
                    .execute(
                        () ->
                            unaryReply.guard(
                                () -> unaryReply.send(listed(after, size, requirement, fresh))));
              });
        });
  }

  private ListSessionsResponse listed(
      long after, int size, ReadRequirement requirement, ReadFreshness.Fresh fresh) {
    State state = node.reads().state();
    ListSessionsResponse.Builder response =
        ListSessionsResponse.newBuilder()
            .setInfo(infos.read(requirement.level(), fresh, state.index()));
    for (Session session : state.sessions(after, size)) {
      ListSessionsResponse.Session.Builder form =
          ListSessionsResponse.Session.newBuilder()
              .setSessionId(CommonMessages.session(session.id()))
              .setDisplayName(session.name())
              .setNodeId(CommonMessages.node(session.node()))
              .setRenewIndex(session.renewIndex())
              .setRememberedAnswers(session.answerCount())
              .setEphemeralKeys(session.keyCount())
              .setLock(session.lock());
      if (session.ttlMillis() != 0) {
        form.setTtl(Durations.fromMillis(session.ttlMillis()));
      }
      response.addSessions(form);
    }
    return response.build();
  }
}
