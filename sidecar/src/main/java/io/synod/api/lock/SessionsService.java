package io.synod.api.lock;

import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.Again;
import io.synod.api.call.Cursors;
import io.synod.api.call.Fields;
import io.synod.api.call.Infos;
import io.synod.api.call.Outcomes;
import io.synod.api.call.Patience;
import io.synod.api.call.Proposals;
import io.synod.api.call.ReadWish;
import io.synod.api.call.Reply;
import io.synod.api.call.WireForm;
import io.synod.api.call.Workers;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.Session;
import io.synod.state.State;
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

/** Sessions of callers. */
public final class SessionsService extends SessionsGrpc.SessionsImplBase {
  /** No proposal has it, so a close never meets the answer of one. */
  private static final long CLOSING_SEQUENCE = Long.MAX_VALUE;

  private static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofHours(24);
  private static final int PAGE_SESSIONS = 1_000;
  private static final int PAGE_SESSIONS_MAX = 10_000;

  private static final Again OPENED_AGAIN =
      Again.none("asking again opens another session; ListSessions shows whether this one is open");
  private static final Again CLOSED_AGAIN =
      Again.none("ask again: SESSION_UNKNOWN says that the session is closed");

  private final Node node;
  private final Infos infos;
  private final Proposals proposals;
  private final Cursors keeping;
  private final Workers workers;

  public SessionsService(
      Node node, Infos infos, Proposals proposals, Cursors keeping, Workers workers) {
    this.node = node;
    this.infos = infos;
    this.proposals = proposals;
    this.keeping = keeping;
    this.workers = workers;
  }

  @Override
  public void openSession(
      OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
    Reply<OpenSessionResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String name = Fields.label("display_name", request.getDisplayName());
          long ttlMillis =
              request.hasTtl()
                  ? Fields.between("ttl", request.getTtl(), TTL_MIN, TTL_MAX).toMillis()
                  : 0;
          Draft open =
              new Draft(Entry.Kind.OPEN_SESSION, name, "", new Orders.Open(ttlMillis).encode());
          reply.when(proposals.open(open), outcome -> reply.send(opened(outcome)));
        });
  }

  private OpenSessionResponse opened(Outcome outcome) {
    Outcome.Applied applied = Outcomes.applied(outcome, OPENED_AGAIN);
    return OpenSessionResponse.newBuilder()
        .setInfo(infos.including(applied.index()))
        .setSessionId(WireForm.session(applied.index()))
        .setMaxUnacknowledged(Fields.UNACKNOWLEDGED_MAX)
        .build();
  }

  @Override
  public StreamObserver<KeepSessionRequest> keepSessions(StreamObserver<SessionState> observer) {
    KeepCursor cursor = new KeepCursor(observer, workers.pumps(), node);
    new Reply<>(observer).guard(() -> keeping.open(cursor, cursor::release));
    return cursor;
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
                Outcome.Applied applied = Outcomes.applied(outcome, CLOSED_AGAIN);
                reply.send(
                    CloseSessionResponse.newBuilder()
                        .setInfo(infos.including(applied.index()))
                        .build());
              });
        });
  }

  @Override
  public void listSessions(
      ListSessionsRequest request, StreamObserver<ListSessionsResponse> observer) {
    Reply<ListSessionsResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          int size =
              Fields.bounded("page_size", request.getPageSize(), PAGE_SESSIONS, PAGE_SESSIONS_MAX);
          String last = request.getAfterSessionId();
          long after = last.isEmpty() ? 0 : Fields.session("after_session_id", last);
          ReadWish wish = ReadWish.of(request.getOptions());
          reply.whenRead(
              wish.ask(node),
              freshness -> {
                Freshness.Fresh fresh = Outcomes.fresh(freshness, node);
                workers
                    .readers()
                    .execute(() -> reply.guard(() -> reply.send(listed(after, size, wish, fresh))));
              });
        });
  }

  private ListSessionsResponse listed(long after, int size, ReadWish wish, Freshness.Fresh fresh) {
    State state = node.state();
    ListSessionsResponse.Builder response =
        ListSessionsResponse.newBuilder().setInfo(infos.read(wish.level(), fresh, state.index()));
    for (Session session : state.sessions(after, size)) {
      ListSessionsResponse.Session.Builder form =
          ListSessionsResponse.Session.newBuilder()
              .setSessionId(WireForm.session(session.id()))
              .setDisplayName(session.name())
              .setNodeId(WireForm.node(session.node()))
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
