package io.synod.api.lock;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.ErrorMapping;
import io.synod.api.call.StreamCursor;
import io.synod.api.call.WorkerThreads;
import io.synod.runtime.node.StateReads;
import io.synod.state.Lock;
import io.synod.state.State;
import io.synod.state.SystemCommands;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldEvent.Lost.Reason;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One hold: says what the state and the keeper know of its session, the newest and no more, so that
 * a stalled application costs nothing. How long it is valid is looked at when it is said.
 */
final class HoldCursor extends StreamCursor<HoldEvent> {
  /** Two looks at one validity differ by the time between them. */
  private static final long JITTER_NANOS = 1_000_000;

  private final StateReads reads;
  private final WorkerThreads workers;
  private final Wish wish;
  private final Hold hold;
  // The rest is the pump's, except for what is said of each.
  private boolean granted;
  private int toldPosition;
  private int toldHolder;
  // On the clock of System.nanoTime: what the application was told, what is known, and when to look
  // again.
  private long toldUntilNanos;
  private long validUntilNanos;
  private long alarmNanos;
  private volatile @Nullable ScheduledFuture<?> alarm;
  // Written by any thread.
  private volatile long waitEndNanos;
  private volatile boolean released;

  /**
   * What was asked for, checked.
   *
   * @param queued how long to stand in the queue; null: for ever
   * @param patience how long the proposal may take
   */
  record Wish(SystemCommands.Hold order, @Nullable Duration queued, Duration patience) {}

  HoldCursor(
      StreamObserver<HoldEvent> observer,
      WorkerThreads workers,
      StateReads reads,
      HoldTable holdTable,
      Wish wish) {
    super(observer, workers.pumps());
    this.reads = reads;
    this.workers = workers;
    this.wish = wish;
    this.hold = new Hold(holdTable, wish.order(), this::signal);
  }

  /** Proposes it. To be called once it is open. */
  void propose() {
    Duration queued = wish.queued();
    if (queued != null) {
      waitEndNanos = System.nanoTime() + queued.toNanos();
    }
    hold.begin(wish.patience());
  }

  /** Gives it back, at once; any thread may call it, and more than once. */
  void release() {
    released = true;
    hold.end();
    stopAlarm();
  }

  @Override
  protected void stopped() {
    lost(Reason.REASON_SHUTTING_DOWN);
  }

  @Override
  protected void advance() {
    Throwable failure = hold.failure();
    if (failure != null) {
      throw ErrorMapping.refusal(failure);
    }
    if (hold.isRefused()) {
      lost(Reason.REASON_NOT_GRANTED);
      return;
    }
    long session = hold.session();
    if (session == 0) {
      return;
    }
    if (reads.isQuarantined()) {
      // Not UNAVAILABLE, which says that nothing was done: it may be held for its time to live.
      lost(Reason.REASON_EXPIRED);
      return;
    }
    State now = reads.state();
    Lock lock = now.lock(wish.order().lock());
    int place = lock == null ? -1 : lock.position(session);
    if (lock == null || place < 0) {
      // Only its time to live or somebody's order ends a session; the first not before this.
      boolean ordered = granted && System.nanoTime() - validUntilNanos < 0;
      lost(ordered ? Reason.REASON_RELEASED : Reason.REASON_EXPIRED);
    } else if (place > 0) {
      waiting(lock, place);
    } else {
      holding(lock);
    }
  }

  private void waiting(Lock lock, int place) {
    if (wish.queued() != null) {
      long left = waitEndNanos - System.nanoTime();
      if (left <= 0) {
        lost(Reason.REASON_NOT_GRANTED);
        return;
      }
      wakeIn(left);
    }
    int holder = lock.holder().node();
    if (ready() && (place != toldPosition || holder != toldHolder)) {
      toldPosition = place;
      toldHolder = holder;
      send(
          HoldEvent.newBuilder()
              .setWaiting(
                  HoldEvent.Waiting.newBuilder()
                      .setPosition(place)
                      .setHolderNodeId(CommonMessages.node(holder)))
              .build());
    }
  }

  private void holding(Lock lock) {
    long nowNanos = System.nanoTime();
    long valid = hold.validNanos();
    if (valid <= 0) {
      // Not yet granted: the first renewal will say for how long, or the session is over.
      if (granted) {
        lost(Reason.REASON_EXPIRED);
      }
      return;
    }
    validUntilNanos = nowNanos + valid;
    if (granted) {
      // Runs from the latest moment that the keeper knows of, told or not.
      wakeIn(valid);
    }
    boolean longer = !granted || validUntilNanos - toldUntilNanos > JITTER_NANOS;
    if (!longer || !ready()) {
      return;
    }
    toldUntilNanos = validUntilNanos;
    if (granted) {
      send(
          HoldEvent.newBuilder()
              .setRenewed(
                  HoldEvent.Renewed.newBuilder()
                      .setValidFor(CommonMessages.duration(hold.validNanos())))
              .build());
      return;
    }
    granted = true;
    wakeIn(valid);
    send(
        HoldEvent.newBuilder()
            .setGranted(
                HoldEvent.Granted.newBuilder()
                    .setFencingToken(lock.token())
                    .setValidFor(CommonMessages.duration(hold.validNanos())))
            .build());
  }

  /** Looks again then, and not before unless something happens. */
  private void wakeIn(long nanos) {
    long at = System.nanoTime() + nanos;
    ScheduledFuture<?> before = alarm;
    if (before != null && !before.isDone() && Math.abs(at - alarmNanos) < JITTER_NANOS) {
      return;
    }
    if (before != null) {
      before.cancel(false);
    }
    alarmNanos = at;
    alarm = workers.clock().schedule(this::signal, nanos, TimeUnit.NANOSECONDS);
    if (released) {
      stopAlarm();
    }
  }

  private void stopAlarm() {
    ScheduledFuture<?> last = alarm;
    if (last != null) {
      last.cancel(false);
    }
  }

  private void lost(Reason reason) {
    send(HoldEvent.newBuilder().setLost(HoldEvent.Lost.newBuilder().setReason(reason)).build());
    finish();
  }
}
