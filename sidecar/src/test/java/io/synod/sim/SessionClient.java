package io.synod.sim;

import io.synod.runtime.node.Node;
import io.synod.runtime.node.SessionKeepAlive;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A session with a time to live, which an application keeps through a sidecar while it can. */
final class SessionClient {
  private final Workload workload;
  private final long session;
  private final Duration ttl;
  private @Nullable Host host;
  private @Nullable SimulatedProcess process;
  private SessionKeepAlive.@Nullable Kept kept;

  SessionClient(Workload workload, long session, Duration ttl) {
    this.workload = workload;
    this.session = session;
    this.ttl = ttl;
  }

  long session() {
    return session;
  }

  /** Keeps it from now on at this host. */
  void keep(Host at, Node node, long sentNanos) {
    release();
    host = at;
    process = at.process();
    kept = node.sessionKeepAlive().keep(session, ttl, sentNanos, () -> workload.guard(this::told));
    told();
  }

  /** Where it is kept; null if nowhere, or if that process is no more. */
  @Nullable Host home() {
    Host at = host;
    return at == null || process == null || at.process() != process ? null : at;
  }

  /** It is kept no more, and not ended either. */
  void release() {
    SessionKeepAlive.Kept now = kept;
    if (now != null && home() != null) {
      now.close();
    }
    kept = null;
    host = null;
  }

  /** Whether its keeper knows that it is over. */
  boolean isOver() {
    SessionKeepAlive.Kept now = kept;
    return now != null && home() != null && now.isOver();
  }

  /** Until when, in true time, it is promised to be valid; 0 if not. */
  long validUntil() {
    Host at = home();
    SessionKeepAlive.Kept now = kept;
    long valid = at == null || now == null ? 0 : now.validNanos();
    return at == null || valid <= 0 ? 0 : at.clock.worldAt(at.clock.nanos() + valid);
  }

  private void told() {
    long until = validUntil();
    if (until > 0) {
      workload.exclusion.valid(session, workload.world().trueNow(), until);
    }
  }
}
