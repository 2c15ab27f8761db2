package io.synod.runtime.upkeep;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.runtime.propose.SessionProposer;
import io.synod.runtime.propose.SingleProposal;
import io.synod.runtime.turn.Turn;
import io.synod.state.Session;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Proposes, at a leader, the expiry of sessions that were not renewed and of pairs whose time to
 * live has ended. It has no effect itself; the commands have, in their place in the log.
 *
 * <p>A session's silence is counted from when this node first saw its last renewal applied, at the
 * earliest from when it settled as leader, and only up to the last moment when a quorum still
 * followed it: so a new leader grants a full period, and a leader that was disconnected or
 * suspended does not expire sessions whose renewals it could not receive. After a turn that came
 * too late all periods begin anew.
 *
 * <p>It belongs to the loop's thread.
 */
final class ExpiryProposer {
  /** A session is granted more than its time to live, by this fraction of it. */
  private static final int GRACE_PART = 20;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final SingleProposal.ProposalTimes times;
  private final long pauseNanos;
  private final SingleProposal sessions;
  private final SingleProposal keys;
  private final TreeMap<Long, Timer> timers = new TreeMap<>();
  private Ballot ballot = Ballot.NONE;
  private long sinceNanos;
  private long turnedAtNanos = Long.MIN_VALUE / 2;
  private long scanAtNanos = Long.MIN_VALUE;
  private long scannedThrough;
  private long expireAtNanos = Long.MIN_VALUE;
  private long expiredMillis = Long.MIN_VALUE;

  private record Timer(long renewIndex, long sinceNanos) {}

  /**
   * Creates it for a node that does not lead yet.
   *
   * @param pauseNanos a node that did not turn for this long received nothing meanwhile
   */
  ExpiryProposer(SessionProposer own, SingleProposal.ProposalTimes times, long pauseNanos) {
    this.times = times;
    this.pauseNanos = pauseNanos;
    this.sessions = new SingleProposal(own, Entry.Kind.EXPIRE_SESSIONS, times);
    this.keys = new SingleProposal(own, Entry.Kind.EXPIRE_KEYS, times);
  }

  /** Proposes the expiries that are due. */
  void turn(Turn now, State state) {
    boolean paused = now.nanos() - turnedAtNanos > pauseNanos;
    turnedAtNanos = now.nanos();
    View view = now.view();
    boolean leads = view.role() == View.Role.LEADER;
    Ballot leading = leads ? view.leader() : Ballot.NONE;
    if (paused || !leading.equals(ballot)) {
      ballot = leading;
      sinceNanos = now.nanos();
      timers.clear();
      scannedThrough = 0;
    }
    // Before a quorum followed it as settled, it may not know everything that was chosen.
    if (!leads || view.freshAtNanos() < sinceNanos) {
      return;
    }
    expireKeys(now, state);
    if (now.nanos() >= scanAtNanos) {
      scanAtNanos = now.nanos() + times.paceNanos();
      scan(now, state);
    }
  }

  /** At regular intervals, or at once if a command left some that were due already. */
  private void expireKeys(Turn now, State state) {
    long timeMillis = Math.max(now.logTimeMillis(), state.mark().logTimeMillis());
    long next = state.nextExpiryMillis();
    boolean time = now.nanos() >= expireAtNanos || next <= expiredMillis;
    if (next <= timeMillis && time && keys.isFree(now.nanos())) {
      expireAtNanos = now.nanos() + times.paceNanos();
      expiredMillis = timeMillis;
      keys.propose(Payload.EMPTY, now.nanos());
    }
  }

  /** Checks the next sessions, in rotation. */
  private void scan(Turn now, State state) {
    // This many are checked in one turn, and named in one command.
    int most = state.limits().expiriesMax();
    List<Session> page = state.sessions(scannedThrough, most);
    boolean last = page.size() < most;
    long through = last ? Long.MAX_VALUE : page.get(page.size() - 1).id();
    TreeMap<Long, Timer> seen = new TreeMap<>();
    List<SystemCommands.Expire.Judged> silent = new ArrayList<>();
    for (Session session : page) {
      if (session.ttlMillis() > 0) {
        Timer timer = timer(session, now.nanos());
        seen.put(session.id(), timer);
        if (now.view().freshAtNanos() - timer.sinceNanos > periodNanos(session)) {
          silent.add(new SystemCommands.Expire.Judged(session.id(), session.renewIndex()));
        }
      }
    }
    timers.subMap(scannedThrough, false, through, true).clear();
    timers.putAll(seen);
    scannedThrough = last ? 0 : through;
    if (!silent.isEmpty() && sessions.isFree(now.nanos())) {
      sessions.propose(new SystemCommands.Expire(silent).encode(), now.nanos());
    }
  }

  private Timer timer(Session session, long nowNanos) {
    Timer known = timers.get(session.id());
    return known != null && known.renewIndex == session.renewIndex()
        ? known
        : new Timer(session.renewIndex(), nowNanos);
  }

  private static long periodNanos(Session session) {
    // A very long time to live must not overflow.
    long ttlMillis = Math.min(session.ttlMillis(), Long.MAX_VALUE / NANOS_PER_MILLI / 2);
    long ttlNanos = ttlMillis * NANOS_PER_MILLI;
    return ttlNanos + ttlNanos / GRACE_PART;
  }
}
