package io.synod.runtime.hold;

import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.propose.SessionProposer;
import io.synod.runtime.propose.SingleProposal;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Renews the sessions that applications keep alive at this node.
 *
 * <p>A session is due for renewal a third of its time to live after the last one was sent; sessions
 * that are due soon are renewed with it. A renewal without an outcome in time is followed by
 * another.
 *
 * <p>A session is valid while no leader can have seen it silent for its time to live: counted from
 * before the last renewal was sent that is known to be applied, whenever its answer came, and
 * whichever attempt it answers. Two clocks may drift apart by {@value #DRIFT_PERCENT} %.
 */
public final class SessionRenewals implements SessionKeepAlive {
  private static final int DRIFT_PERCENT = 2;

  /** The number of renewals per time to live. */
  private static final int RENEWALS = 3;

  /**
   * The fraction of its time to live by which a session may be renewed early, together with others.
   */
  private static final int JOIN_PART = 12;

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final SessionProposer own;
  private final SingleProposal.ProposalTimes times;
  private final Supplier<State> state;
  private final Map<Long, List<RenewedSession>> bySession = new TreeMap<>();
  private final AtomicLong renewed = new AtomicLong();
  private volatile long checkAtNanos = UNKNOWN;
  private volatile boolean stopped;
  // How often renewing was stopped.
  private volatile long stops;

  public SessionRenewals(
      SessionProposer own, SingleProposal.ProposalTimes times, Supplier<State> state) {
    this.own = own;
    this.times = times;
    this.state = state;
  }

  private final class RenewedSession implements KeptSession {
    private final long session;
    private final long ttlNanos;
    private final Runnable changed;
    private volatile long validUntilNanos = UNKNOWN;
    private volatile boolean over;
    private volatile boolean closed;
    // Guarded by the enclosing object.
    private long dueAtNanos;

    private RenewedSession(long session, long ttlNanos, Runnable changed) {
      this.session = session;
      this.ttlNanos = ttlNanos;
      this.changed = changed;
    }

    @Override
    public long validNanos() {
      if (validUntilNanos == UNKNOWN || closed || stopped || isOver()) {
        return 0;
      }
      // The state was read before the clock, so a session that is over by now is seen as over.
      return Math.max(0, validUntilNanos - own.nanos());
    }

    @Override
    public boolean isOver() {
      if (!over) {
        State now = state.get();
        over = now.index() >= session && now.session(session) == null;
      }
      return over;
    }

    @Override
    public void close() {
      closed = true;
      release(this);
    }

    /** A renewal that was sent no earlier than this took effect. */
    private synchronized void valid(long sentNanos) {
      long until = sentNanos + ttlNanos - ttlNanos / 100 * DRIFT_PERCENT;
      validUntilNanos = Math.max(validUntilNanos, until);
    }
  }

  @Override
  public KeptSession keep(long session, Duration ttl, long sentNanos, Runnable changed) {
    RenewedSession kept = new RenewedSession(session, ttl.toNanos(), changed);
    synchronized (this) {
      kept.dueAtNanos = kept.ttlNanos > 0 ? own.nanos() : Long.MAX_VALUE;
      if (sentNanos != UNKNOWN && kept.ttlNanos > 0) {
        kept.valid(sentNanos);
        kept.dueAtNanos = sentNanos + kept.ttlNanos / RENEWALS;
      }
      bySession.computeIfAbsent(session, any -> new ArrayList<>(1)).add(kept);
      checkAtNanos = UNKNOWN;
    }
    own.wake();
    return kept;
  }

  private synchronized void release(RenewedSession kept) {
    List<RenewedSession> same = bySession.get(kept.session);
    if (same != null && same.remove(kept) && same.isEmpty()) {
      bySession.remove(kept.session);
    }
  }

  /** How many sessions are kept alive. */
  public synchronized int count() {
    return bySession.size();
  }

  /** How many renewals of a session took effect. */
  public long renewed() {
    return renewed.get();
  }

  /** The state of this node is wrong: no session counts as valid, and none is renewed. */
  public void stopRenewing() {
    stopped = true;
    List<RenewedSession> all = new ArrayList<>();
    synchronized (this) {
      stops++;
      bySession.values().forEach(all::addAll);
      // What the wrong state told of earlier renewals does not count.
      all.forEach(kept -> kept.validUntilNanos = UNKNOWN);
    }
    all.forEach(kept -> kept.changed.run());
  }

  /**
   * The state of this node is right again: the sessions that are still kept are renewed at once.
   */
  public synchronized void resume() {
    long nowNanos = own.nanos();
    bySession.values().stream()
        .flatMap(List::stream)
        .filter(kept -> kept.ttlNanos > 0)
        .forEach(kept -> kept.dueAtNanos = nowNanos);
    checkAtNanos = UNKNOWN;
    stopped = false;
  }

  /** These sessions ended. */
  public void ended(List<Long> sessions) {
    for (long session : sessions) {
      List<RenewedSession> ended;
      synchronized (this) {
        ended = bySession.remove(session);
      }
      if (ended != null) {
        for (RenewedSession kept : ended) {
          kept.over = true;
          kept.changed.run();
        }
      }
    }
  }

  /** Renews the sessions that are due. */
  public void turn(long nowNanos) {
    if (nowNanos < checkAtNanos || stopped) {
      return;
    }
    checkAtNanos = nowNanos + times.paceNanos();
    List<RenewedSession> due = due(nowNanos);
    TreeSet<Long> ended = new TreeSet<>();
    for (RenewedSession kept : due) {
      if (kept.isOver()) {
        ended.add(kept.session);
      }
    }
    ended(List.copyOf(ended));
    due.removeIf(kept -> ended.contains(kept.session));
    int most = state.get().limits().expiriesMax();
    for (int from = 0; from < due.size(); from += most) {
      renew(due.subList(from, Math.min(due.size(), from + most)), nowNanos);
    }
  }

  /** The sessions that are due or nearly due; sets when each is due next. */
  private synchronized List<RenewedSession> due(long nowNanos) {
    List<RenewedSession> soon = new ArrayList<>();
    boolean any = false;
    for (List<RenewedSession> same : bySession.values()) {
      for (RenewedSession kept : same) {
        any |= kept.dueAtNanos <= nowNanos;
        if (kept.dueAtNanos - kept.ttlNanos / JOIN_PART <= nowNanos) {
          soon.add(kept);
        }
      }
    }
    if (!any) {
      return new ArrayList<>();
    }
    soon.forEach(kept -> kept.dueAtNanos = nowNanos + kept.ttlNanos / RENEWALS);
    return soon;
  }

  private void renew(List<RenewedSession> held, long sentNanos) {
    TreeSet<Long> ids = new TreeSet<>();
    held.forEach(one -> ids.add(one.session));
    SystemCommands.Renew order = new SystemCommands.Renew(List.copyOf(ids));
    long stopsBefore = stops;
    var unused =
        own.propose(
                NewEntry.of(Entry.Kind.RENEW_SESSIONS, order.encode()),
                sentNanos + times.timeoutNanos())
            .thenAccept(outcome -> renewed(held, new Renewal(sentNanos, stopsBefore), outcome));
  }

  /** When a renewal was sent, and how often renewing had been stopped by then. */
  private record Renewal(long sentNanos, long stopsBefore) {}

  private void renewed(List<RenewedSession> sessions, Renewal renewal, Outcome outcome) {
    if (!(outcome instanceof Outcome.Applied applied)) {
      again(sessions);
      return;
    }
    State now = state.get();
    for (RenewedSession kept : sessions) {
      Session session = now.session(kept.session);
      // Only if this command or a later one renewed it: a session is never opened twice.
      boolean extended = session != null && session.renewIndex() >= applied.index();
      if (extended && !kept.closed && tryCount(kept, renewal)) {
        renewed.incrementAndGet();
        kept.changed.run();
      }
    }
  }

  /** Counts a renewal, unless the state that tells of it was found to be wrong meanwhile. */
  private synchronized boolean tryCount(RenewedSession kept, Renewal renewal) {
    if (renewal.stopsBefore != stops) {
      return false;
    }
    kept.valid(renewal.sentNanos);
    return true;
  }

  private synchronized void again(List<RenewedSession> sessions) {
    long retryAtNanos = own.nanos() + times.retryNanos();
    for (RenewedSession kept : sessions) {
      kept.dueAtNanos = Math.min(kept.dueAtNanos, retryAtNanos);
    }
  }
}
