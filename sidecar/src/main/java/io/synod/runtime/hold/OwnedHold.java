package io.synod.runtime.hold;

import io.synod.runtime.node.HoldUpdate;
import io.synod.runtime.node.HoldUpdate.Reason;
import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.propose.SessionCommands;
import io.synod.state.Lock;
import io.synod.state.State;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * A hold as its owner sees it: its session's position in the queue, and how long the session is
 * valid. It is evaluated again when the validity or the wait ends.
 */
final class OwnedHold implements LockHold {
  /** Two computations of the same validity differ by the time between them. */
  private static final long JITTER_NANOS = 1_000_000;

  private final LockHolds.Terms terms;
  private final HoldSession session;
  private final SessionCommands commands;
  private final BooleanSupplier quarantined;
  private final Timers.Timer alarm;
  // The other fields belong to the ordered calls of {@link #reportTo} and {@link #stop}, except as
  // noted.
  private boolean granted;
  private boolean last;
  private int reportedPosition;
  private int reportedHolder;
  // The validity that was reported to the owner, and the known one, by the node's clock.
  private long reportedUntilNanos;
  private long validUntilNanos;
  // Written by any thread.
  private volatile long waitEndNanos;
  private volatile boolean released;

  /**
   * Creates a hold that is not begun.
   *
   * @param alarm triggers another evaluation
   */
  OwnedHold(
      LockHolds.Terms terms,
      HoldSession session,
      SessionCommands commands,
      BooleanSupplier quarantined,
      Timers.Timer alarm) {
    this.terms = terms;
    this.session = session;
    this.commands = commands;
    this.quarantined = quarantined;
    this.alarm = alarm;
  }

  @Override
  public void begin() {
    if (terms.queued() != null) {
      long queuedNanos = Math.min(terms.queued().toNanos(), Long.MAX_VALUE / 4);
      waitEndNanos = commands.nanos() + queuedNanos;
    }
    session.begin(terms.patience());
  }

  @Override
  public CompletableFuture<Outcome> opened() {
    return session.opened();
  }

  @Override
  public CompletableFuture<End> over() {
    return session.over();
  }

  @Override
  public void release() {
    released = true;
    session.end();
    alarm.cancel();
  }

  @Override
  public void stop(Owner owner) {
    if (last) {
      return;
    }
    last(owner, new HoldUpdate.Lost(Reason.SHUTTING_DOWN));
  }

  @Override
  public void reportTo(Owner owner) {
    if (last) {
      return;
    }
    HoldUpdate failure = session.failure();
    if (failure != null) {
      last(owner, failure);
      return;
    }
    if (session.isRefused()) {
      lost(owner, Reason.NOT_GRANTED);
      return;
    }
    long id = session.id();
    if (id == 0) {
      return;
    }
    if (quarantined.getAsBoolean()) {
      // It may have been opened: it may be held for its time to live.
      lost(owner, Reason.EXPIRED);
      return;
    }
    State now = commands.state();
    Lock lock = now.lock(terms.command().lock());
    int place = lock == null ? -1 : lock.position(id);
    if (lock == null || place < 0) {
      // Only its time to live or an operator ends a session; expiry does not come before this time.
      boolean ordered = granted && commands.nanos() < validUntilNanos;
      lost(owner, ordered ? Reason.RELEASED : Reason.EXPIRED);
    } else if (place > 0) {
      waiting(owner, lock, place);
    } else {
      holding(owner, lock);
    }
  }

  private void waiting(Owner owner, Lock lock, int place) {
    if (terms.queued() != null) {
      if (commands.nanos() >= waitEndNanos) {
        lost(owner, Reason.NOT_GRANTED);
        return;
      }
      checkAt(waitEndNanos);
    }
    int holder = lock.holder().node();
    if (owner.isReady() && (place != reportedPosition || holder != reportedHolder)) {
      reportedPosition = place;
      reportedHolder = holder;
      owner.onUpdate(new HoldUpdate.Waiting(place, holder));
    }
  }

  private void holding(Owner owner, Lock lock) {
    long nowNanos = commands.nanos();
    long valid = session.validNanos();
    if (valid <= 0) {
      // If it is not granted yet, the first renewal gives the validity, or the session is over. If
      // its validity has not ended, the state here shows the reason soon.
      if (granted && nowNanos >= validUntilNanos) {
        lost(owner, Reason.EXPIRED);
      }
      return;
    }
    validUntilNanos = nowNanos + valid;
    if (granted) {
      // From the latest known validity, reported or not.
      checkAt(validUntilNanos);
    }
    boolean longer = !granted || validUntilNanos - reportedUntilNanos > JITTER_NANOS;
    if (!longer || !owner.isReady()) {
      return;
    }
    reportedUntilNanos = validUntilNanos;
    if (granted) {
      owner.onUpdate(new HoldUpdate.Renewed(session.validNanos()));
      return;
    }
    granted = true;
    checkAt(validUntilNanos);
    owner.onUpdate(new HoldUpdate.Granted(lock.token(), session.validNanos()));
  }

  /** Evaluates it again at this time, and not before unless something happens. */
  private void checkAt(long atNanos) {
    alarm.set(atNanos, JITTER_NANOS);
    if (released) {
      alarm.cancel();
    }
  }

  private void lost(Owner owner, Reason reason) {
    last(owner, new HoldUpdate.Lost(reason));
  }

  /** The owner receives the end before another can hold the lock. */
  private void last(Owner owner, HoldUpdate update) {
    last = true;
    try {
      owner.onUpdate(update);
    } finally {
      release();
    }
  }
}
