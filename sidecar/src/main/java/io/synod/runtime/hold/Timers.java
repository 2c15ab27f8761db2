package io.synod.runtime.hold;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Tasks that are due at moments of the node's clock. It has no clock: the caller of {@link #turn}
 * passes the time. Any thread may call any method; tasks run in {@link #turn}.
 */
final class Timers {
  private final Runnable wake;
  private final TreeSet<Timer> pending =
      new TreeSet<>(
          Comparator.<Timer>comparingLong(timer -> timer.atNanos)
              .thenComparingLong(timer -> timer.number));
  private long lastNumber;

  /** One task, which runs once each time its timer is set. */
  final class Timer {
    private final Runnable task;
    private final long number;
    private long atNanos;

    private Timer(Runnable task, long number) {
      this.task = task;
      this.number = number;
    }

    /** Sets it to a new time, unless that differs by less than {@code jitterNanos}. */
    void set(long newAtNanos, long jitterNanos) {
      if (enter(this, newAtNanos, jitterNanos)) {
        wake.run();
      }
    }

    void cancel() {
      leave(this);
    }
  }

  /**
   * Creates it without tasks.
   *
   * @param wake called when a task is due before all others
   */
  Timers(Runnable wake) {
    this.wake = wake;
  }

  /** A timer that is not set. */
  synchronized Timer timer(Runnable task) {
    return new Timer(task, ++lastNumber);
  }

  /** Returns whether it is now due before all others. */
  private synchronized boolean enter(Timer timer, long atNanos, long jitterNanos) {
    if (pending.contains(timer) && Math.abs(atNanos - timer.atNanos) < jitterNanos) {
      return false;
    }
    pending.remove(timer);
    timer.atNanos = atNanos;
    pending.add(timer);
    return pending.first() == timer;
  }

  private synchronized void leave(Timer timer) {
    pending.remove(timer);
  }

  /** When the next task is due; {@code Long.MAX_VALUE} if none is set. */
  synchronized long nextNanos() {
    return pending.isEmpty() ? Long.MAX_VALUE : pending.first().atNanos;
  }

  /** Runs the tasks that are due. */
  void turn(long nowNanos) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      while (!pending.isEmpty() && pending.first().atNanos <= nowNanos) {
        due.add(pending.pollFirst().task);
      }
    }
    due.forEach(Runnable::run);
  }
}
