package io.synod.api.lock;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.ErrorMapping;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.RequestFields;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursor;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.SessionKeepAlive.Kept;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.SessionState;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One stream that keeps sessions. Of each session it has the last news only, however slowly its
 * reader takes them.
 */
final class KeepCursor extends StreamCursor<SessionState>
    implements StreamObserver<KeepSessionRequest> {
  /** How long a session that another sidecar opened may take to be known here. */
  private static final Duration UNTIL_KNOWN = Duration.ofSeconds(5);

  /** As many sessions as there can be, and some that are over. */
  private static final int NEWS_MAX = 20_000;

  private static final long RETRY_MILLIS = 1_000;

  private final Node node;
  // Guarded by this.
  private final Map<Long, Keeping> kept = new HashMap<>();
  private final Set<Long> news = new LinkedHashSet<>();
  private boolean closed;
  private volatile boolean completed;
  private volatile @Nullable StatusRuntimeException failure;

  private record Keeping(Kept session, Duration ttl) {}

  KeepCursor(StreamObserver<SessionState> observer, Executor executor, Node node) {
    super(observer, executor);
    this.node = node;
  }

  // ---- what the caller names

  @Override
  public void onNext(KeepSessionRequest request) {
    try {
      name(RequestFields.session("session_id", request.getSessionId()), true);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  @Override
  public void onError(Throwable gone) {
    signal();
  }

  @Override
  public void onCompleted() {
    completed = true;
    signal();
  }

  private void name(long id, boolean mayWait) {
    State state = node.reads().state();
    Session session = state.session(id);
    if (session == null && id > state.index() && mayWait) {
      waitFor(id);
    } else if (session == null) {
      tell(id);
    } else if (session.ttlMillis() == 0) {
      throw StatusErrors.invalid(
          "session_id", "is of a session without a ttl, which needs no keeping");
    } else {
      keep(session);
    }
  }

  /** It may be open, and this node behind. */
  private void waitFor(long id) {
    var unused =
        node.reads()
            .read(ReadLevel.LOCAL, Duration.ZERO, id, UNTIL_KNOWN)
            .thenAccept(
                readFreshness -> {
                  OutcomeErrors.fresh(readFreshness, node.inspection());
                  name(id, false);
                })
            .exceptionally(
                error -> {
                  fail(error.getCause() == null ? error : error.getCause());
                  return null;
                });
  }

  private synchronized void keep(Session session) {
    long id = session.id();
    if (!closed && !kept.containsKey(id)) {
      Duration ttl = Duration.ofMillis(session.ttlMillis());
      Kept keeping = node.sessionKeepAlive().keep(id, ttl, Long.MIN_VALUE, () -> tell(id));
      kept.put(id, new Keeping(keeping, ttl));
    }
  }

  /** There are news of this session. Also called by the keeper, so it must not throw. */
  private void tell(long id) {
    boolean full;
    synchronized (this) {
      if (!closed) {
        news.add(id);
      }
      full = news.size() > NEWS_MAX;
    }
    if (full) {
      fail(StatusErrors.overloaded("too many sessions are named on one stream", RETRY_MILLIS));
    } else {
      signal();
    }
  }

  private void fail(Throwable thrown) {
    failure = ErrorMapping.refusal(thrown);
    signal();
  }

  // ---- what the caller is told

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
      SessionState next = next();
      if (next == null) {
        return;
      }
      send(next);
    }
  }

  private synchronized @Nullable SessionState next() {
    if (news.isEmpty()) {
      return null;
    }
    long id = news.iterator().next();
    news.remove(id);
    Keeping keeping = kept.get(id);
    SessionState.Builder state = SessionState.newBuilder().setSessionId(CommonMessages.session(id));
    if (keeping != null && !keeping.session().isOver()) {
      long valid = Hold.toldNanos(keeping.session(), keeping.ttl());
      return state.setValidFor(CommonMessages.duration(valid)).build();
    }
    if (keeping != null) {
      keeping.session().close();
      kept.remove(id);
    }
    return state.setOver(true).build();
  }

  /** Keeps nothing any more. Any thread may call it, more than once. */
  synchronized void release() {
    closed = true;
    kept.values().forEach(keeping -> keeping.session().close());
    kept.clear();
    news.clear();
  }
}
