package io.synod.runtime.propose;

import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.CallerLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for an opening of a session that another caller began, each until its own
 * deadline. Their order is that of the deadlines, and then that of the calls: in an order of hash
 * codes no run of the simulator could be repeated. Any thread may call any method.
 */
final class OpeningWaiters {
  private final int countMax;
  private final long bytesMax;
  private final ConcurrentSkipListSet<Waiter> waiters =
      new ConcurrentSkipListSet<>(
          Comparator.<Waiter>comparingLong(one -> one.deadlineNanos)
              .thenComparingLong(one -> one.number));
  private long lastNumber;
  private int count;
  private long bytes;

  /**
   * One caller that waits.
   *
   * @param opening what it waits for
   * @param opened completes with that, or at the deadline
   */
  private record Waiter(
      long deadlineNanos,
      long number,
      CompletableFuture<@Nullable Outcome> opening,
      CompletableFuture<@Nullable Outcome> opened) {}

  /** As many may wait as proposals, and with as many bytes. */
  OpeningWaiters(CallerLimits limits) {
    this.countMax = limits.pendingMax();
    this.bytesMax = limits.pendingBytesMax();
  }

  /**
   * Completes after {@code opening} as that did, or as indeterminate at the deadline.
   *
   * @param size of what the caller proposes afterwards, in bytes
   * @return null if too many wait
   */
  @Nullable CompletableFuture<@Nullable Outcome> add(
      CompletableFuture<@Nullable Outcome> opening, int size, long deadlineNanos) {
    Waiter waiter;
    synchronized (this) {
      if (count >= countMax || bytes + size > bytesMax) {
        return null;
      }
      count++;
      bytes += size;
      waiter = new Waiter(deadlineNanos, ++lastNumber, opening, new CompletableFuture<>());
    }
    CompletableFuture<@Nullable Outcome> left =
        waiter.opened.whenComplete((outcome, thrown) -> left(waiter, size));
    waiters.add(waiter);
    if (opening.isDone()) {
      complete(opening);
    }
    return left;
  }

  /** Completes those that wait for this opening, which is done, in the order of their calls. */
  void complete(CompletableFuture<@Nullable Outcome> opening) {
    List<Waiter> inOrder = new ArrayList<>(waiters);
    inOrder.removeIf(waiter -> waiter.opening != opening);
    inOrder.sort(Comparator.comparingLong(waiter -> waiter.number));
    for (Waiter waiter : inOrder) {
      if (waiters.remove(waiter)) {
        waiter.opened.complete(opening.join());
      }
    }
  }

  private void left(Waiter waiter, int size) {
    waiters.remove(waiter);
    synchronized (this) {
      count--;
      bytes -= size;
    }
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
