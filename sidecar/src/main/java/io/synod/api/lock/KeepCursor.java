package io.synod.api.lock;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.ErrorMapping;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.RequestFields;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursor;
import io.synod.runtime.hold.KeptSessions;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.ReadLevel;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.SessionState;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One KeepSessions stream: renews the sessions that its caller names, and reports on them. */
final class KeepCursor extends StreamCursor<SessionState>
    implements StreamObserver<KeepSessionRequest> {
  /** How long a session that another sidecar opened may take to be known here. */
  private static final Duration UNTIL_KNOWN = Duration.ofSeconds(5);

  /** As many sessions as there can be, and some that are over. */
  private static final int PENDING_MAX = 20_000;

  private static final long RETRY_MILLIS = 1_000;

  private final Node node;
  private final KeptSessions sessions;
  private volatile boolean completed;
  private volatile @Nullable StatusRuntimeException failure;

  KeepCursor(StreamObserver<SessionState> observer, Executor executor, Node node) {
    super(observer, executor);
    this.node = node;
    this.sessions = new KeptSessions(node.sessionKeepAlive(), node.reads()::state, this::changed);
  }

  // ---- requests

  @Override
  public void onNext(KeepSessionRequest request) {
    try {
      name(RequestFields.session("session_id", request.getSessionId()));
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  @Override
  public void onError(Throwable error) {
    signal();
  }

  @Override
  public void onCompleted() {
    completed = true;
    signal();
  }

  private void name(long id) {
    KeptSessions.KeepResult result = sessions.keep(id);
    if (result == KeptSessions.KeepResult.NOT_YET_APPLIED) {
      waitFor(id);
    } else if (result == KeptSessions.KeepResult.ENDLESS) {
      throw StatusErrors.invalid(
          "session_id", "is of a session without a ttl, which needs no renewal");
    }
  }

  /** Tries again once this node has caught up, since it may not have seen the session yet. */
  private void waitFor(long id) {
    var unused =
        node.reads()
            .read(ReadLevel.LOCAL, Duration.ZERO, id, UNTIL_KNOWN)
            .thenAccept(
                readFreshness -> {
                  OutcomeErrors.fresh(readFreshness, node.inspection());
                  name(id);
                })
            .exceptionally(
                error -> {
                  fail(error.getCause() == null ? error : error.getCause());
                  return null;
                });
  }

  /** Sends what has changed. It is also called by the node, so it must not throw. */
  private void changed() {
    if (sessions.pendingCount() > PENDING_MAX) {
      fail(StatusErrors.overloaded("too many sessions are kept by one stream", RETRY_MILLIS));
    } else {
      signal();
    }
  }

  private void fail(Throwable thrown) {
    failure = ErrorMapping.refusal(thrown);
    signal();
  }

  // ---- responses

  @Override
  protected void advance() {
    StatusRuntimeException refusal = failure;
    if (refusal != null) {
      throw refusal;
    }
    if (node.reads().isQuarantined()) {
      throw StatusErrors.quarantined();
    }
    if (completed) {
      finish();
      return;
    }
    while (ready()) {
      KeptSessions.Update next = sessions.next();
      if (next == null) {
        return;
      }
      send(message(next));
    }
  }

  private static SessionState message(KeptSessions.Update update) {
    SessionState.Builder state =
        SessionState.newBuilder().setSessionId(CommonMessages.session(update.session()));
    return update.over()
        ? state.setOver(true).build()
        : state.setValidFor(CommonMessages.duration(update.validNanos())).build();
  }

  /** Stops renewing. Any thread may call it, and more than once. */
  void release() {
    sessions.release();
  }
}
