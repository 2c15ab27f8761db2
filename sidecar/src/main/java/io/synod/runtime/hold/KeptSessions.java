package io.synod.runtime.hold;

import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.node.SessionKeepAlive.KeptSession;
import io.synod.state.Session;
import io.synod.state.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that one application keeps alive at this node. It buffers only the latest update of
 * each, however slowly the application reads. Any thread may call any method.
 */
public final class KeptSessions {
  private final SessionKeepAlive keepAlive;
  private final Supplier<State> state;
  private final Runnable changed;
  // Guarded by this.
  private final Map<Long, SessionWithTtl> kept = new HashMap<>();
  private final Set<Long> pending = new LinkedHashSet<>();
  private boolean closed;

  private record SessionWithTtl(KeptSession session, Duration ttl) {}

  /** The result of a request to keep a session. */
  public enum KeepResult {
    /** It is kept, and there will be updates of it. */
    KEPT,
    /** It is not open; the update reports that. */
    OVER,
    /** It may be open: this node has not applied that far. */
    NOT_YET_APPLIED,
    /** It has no time to live, and needs no renewal. */
    ENDLESS
  }

  /**
   * An update of a session.
   *
   * @param validNanos for how long it is valid, counted from the arrival of the update; 0 if not
   *     known
   * @param over whether it was closed, expired or evicted
   */
  public record Update(long session, long validNanos, boolean over) {}

  /**
   * Creates it without sessions.
   *
   * @param changed called when there is an update, also on a thread of the node, so it must not
   *     throw
   */
  public KeptSessions(SessionKeepAlive keepAlive, Supplier<State> state, Runnable changed) {
    this.keepAlive = keepAlive;
    this.state = state;
    this.changed = changed;
  }

  /** Keeps a session alive from now on. */
  public KeepResult keep(long id) {
    State now = state.get();
    Session session = now.session(id);
    if (session == null && id > now.index()) {
      return KeepResult.NOT_YET_APPLIED;
    } else if (session == null) {
      onChange(id);
      return KeepResult.OVER;
    } else if (session.ttlMillis() == 0) {
      return KeepResult.ENDLESS;
    }
    keep(id, Duration.ofMillis(session.ttlMillis()));
    return KeepResult.KEPT;
  }

  private synchronized void keep(long id, Duration ttl) {
    if (!closed && !kept.containsKey(id)) {
      KeptSession keeping = keepAlive.keep(id, ttl, Long.MIN_VALUE, () -> onChange(id));
      kept.put(id, new SessionWithTtl(keeping, ttl));
    }
  }

  private void onChange(long id) {
    synchronized (this) {
      if (!closed) {
        pending.add(id);
      }
    }
    changed.run();
  }

  /** The number of sessions with an update. */
  public synchronized int pendingCount() {
    return pending.size();
  }

  /** The oldest update, with the current validity; null if there is none. */
  public synchronized @Nullable Update next() {
    if (pending.isEmpty()) {
      return null;
    }
    long id = pending.iterator().next();
    pending.remove(id);
    SessionWithTtl keeping = kept.get(id);
    if (keeping != null && !keeping.session().isOver()) {
      return new Update(id, Validity.reportedNanos(keeping.session(), keeping.ttl()), false);
    }
    if (keeping != null) {
      keeping.session().close();
      kept.remove(id);
    }
    return new Update(id, 0, true);
  }

  /** Keeps no session any more. It may be called more than once. */
  public synchronized void release() {
    closed = true;
    kept.values().forEach(keeping -> keeping.session().close());
    kept.clear();
    pending.clear();
  }
}
