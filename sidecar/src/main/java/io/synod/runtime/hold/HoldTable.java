package io.synod.runtime.hold;

import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.runtime.propose.SessionCommands;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Progress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The holds of applications at this node, until their sessions are closed or left to expire. It has
 * no thread and no clock: the cycle turns it. Any thread may call any method but {@link #settle},
 * {@link #stop} and {@link #turn}, which are the loop's.
 */
public final class HoldTable implements Participant, LockHolds {
  private final SessionCommands commands;
  private final BooleanSupplier quarantined;
  private final Timers timers;
  private final HoldSession.SessionParts parts;
  private final Map<Long, HoldSession> kept = new ConcurrentHashMap<>();
  // Guarded by this.
  private final Set<HoldSession> unfinished = new HashSet<>();
  private @Nullable CompletableFuture<Void> allOver;

  /**
   * Creates an empty table.
   *
   * @param quarantined whether the state here is wrong
   */
  public HoldTable(
      SessionCommands commands, SessionKeepAlive keepAlive, BooleanSupplier quarantined) {
    this.commands = commands;
    this.quarantined = quarantined;
    this.timers = new Timers(commands::wake);
    this.parts =
        new HoldSession.SessionParts(
            commands,
            keepAlive,
            new SessionCloser(commands, timers),
            new HoldSession.SessionListener() {
              @Override
              public void keeps(long session, HoldSession hold) {
                kept.put(session, hold);
              }

              @Override
              public void keepsNoMore(long session) {
                kept.remove(session);
              }
            });
  }

  @Override
  public LockHold hold(Terms terms, Runnable changed) {
    HoldSession session = new HoldSession(parts, terms.command(), changed);
    enter(session);
    CompletableFuture<Void> unused = session.over().thenAccept(end -> leave(session));
    return new OwnedHold(terms, session, commands, quarantined, timers.timer(changed));
  }

  private synchronized void enter(HoldSession session) {
    unfinished.add(session);
  }

  private void leave(HoldSession session) {
    CompletableFuture<Void> done = null;
    synchronized (this) {
      unfinished.remove(session);
      if (unfinished.isEmpty()) {
        done = allOver;
        allOver = null;
      }
    }
    if (done != null) {
      done.complete(null);
    }
  }

  @Override
  public long validNanos(long session) {
    HoldSession hold = kept.get(session);
    return hold == null ? 0 : hold.validNanos();
  }

  @Override
  public synchronized int unfinished() {
    return unfinished.size();
  }

  @Override
  public synchronized CompletableFuture<Void> whenAllOver() {
    if (unfinished.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> waiting = allOver;
    if (waiting == null) {
      waiting = new CompletableFuture<>();
      allOver = waiting;
    }
    return waiting;
  }

  @Override
  public void settle(Progress progress) {
    turn(progress.nowNanos());
  }

  /** The holds that are left are over, since no turn will close their sessions. */
  @Override
  public void stop(Progress progress) {
    List<HoldSession> left;
    synchronized (this) {
      left = List.copyOf(unfinished);
    }
    left.forEach(HoldSession::leave);
  }

  /** Checks holds whose timer is due, and retries to close sessions. */
  public void turn(long nowNanos) {
    timers.turn(nowNanos);
  }

  @Override
  public long nextWakeNanos() {
    return timers.nextNanos();
  }
}
