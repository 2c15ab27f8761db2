package io.synod.runtime.propose;

import io.synod.runtime.node.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for an opening of a session that another caller began, each until its own
 * deadline. Their order is that of the deadlines, and then that of the calls: in an order of hash
 * codes no run of the simulator could be repeated. Any thread may call any method.
 */
final class OpeningWaiters {
  private final ConcurrentSkipListSet<Waiter> waiters =
      new ConcurrentSkipListSet<>(
          Comparator.<Waiter>comparingLong(one -> one.deadlineNanos)
              .thenComparingLong(one -> one.number));
  private final AtomicLong lastNumber = new AtomicLong();

  private record Waiter(
      long deadlineNanos, long number, CompletableFuture<@Nullable Outcome> opened) {}

  /** Completes as {@code opening} does, or as indeterminate at the deadline. */
  CompletableFuture<@Nullable Outcome> add(
      CompletableFuture<@Nullable Outcome> opening, long deadlineNanos) {
    Waiter waiter = new Waiter(deadlineNanos, lastNumber.incrementAndGet(), opening.copy());
    waiters.add(waiter);
    return waiter.opened.whenComplete((outcome, thrown) -> waiters.remove(waiter));
  }

  /**
   * Removes those whose deadline has passed, and returns what completes them. They are removed at
   * once: the publisher may be busy, and the loop would turn for them again and again.
   */
  List<Runnable> expire(long nowNanos) {
    List<Runnable> completions = new ArrayList<>();
    for (Waiter waiter : waiters) {
      if (waiter.deadlineNanos > nowNanos) {
        break;
      }
      if (waiters.remove(waiter)) {
        completions.add(() -> waiter.opened.complete(new Outcome.Indeterminate(0, 0)));
      }
    }
    return completions;
  }

  /** The earliest deadline; {@code Long.MAX_VALUE} if no caller waits. */
  long nextDeadlineNanos() {
    for (Waiter first : waiters) {
      return first.deadlineNanos;
    }
    return Long.MAX_VALUE;
  }
}
