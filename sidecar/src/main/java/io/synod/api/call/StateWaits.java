package io.synod.api.call;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.StateReads;
import io.synod.state.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The calls that wait for a condition on the applied state. Any thread may call any method. */
public final class StateWaits implements AutoCloseable {
  private static final int WAITS_MAX = 16_384;

  private final StateReads reads;
  private final WorkerThreads workers;
  private final SerialTask serialTask;
  private final AppliedLog.Subscription subscription;
  private final Set<Wait> waits = new LinkedHashSet<>();
  private volatile int count;
  private boolean closed;

  private static final class Wait {
    private final Predicate<State> condition;
    private final CompletableFuture<Boolean> future = new CompletableFuture<>();
    private @Nullable ScheduledFuture<?> alarm;

    private Wait(Predicate<State> condition) {
      this.condition = condition;
    }
  }

  /** No call waits yet. */
  public StateWaits(StateReads reads, AppliedLog appliedLog, WorkerThreads workers) {
    this.reads = reads;
    this.workers = workers;
    this.serialTask = new SerialTask(workers.pumps(), this::evaluate);
    this.subscription =
        appliedLog.onAdvance(
            () -> {
              if (count > 0) {
                serialTask.signal();
              }
            });
  }

  /** Refuses a call that would have to wait while too many wait already. */
  public void admit() {
    if (count >= WAITS_MAX) {
      throw StatusErrors.crowded("waits", WAITS_MAX);
    }
  }

  /**
   * Waits until the state satisfies a condition.
   *
   * @param condition the condition; it may be missed if it holds only for a while
   * @return whether it was satisfied; false once the time is up or the sidecar stops. A caller that
   *     stops waiting may complete it.
   */
  public CompletableFuture<Boolean> until(Predicate<State> condition, Duration timeout) {
    if (condition.test(reads.state())) {
      return CompletableFuture.completedFuture(true);
    }
    Wait wait = new Wait(condition);
    CompletableFuture<Boolean> unused = wait.future.whenComplete((as, error) -> remove(wait));
    synchronized (waits) {
      if (closed || timeout.isNegative() || timeout.isZero()) {
        return CompletableFuture.completedFuture(false);
      }
      waits.add(wait);
      count = waits.size();
      try {
        wait.alarm =
            workers
                .clock()
                .schedule(() -> end(wait, false), timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException stopped) {
        return CompletableFuture.completedFuture(false);
      }
    }
    // The state may have changed between the first test and now.
    serialTask.signal();
    return wait.future;
  }

  private void evaluate() {
    List<Wait> now;
    synchronized (waits) {
      now = new ArrayList<>(waits);
    }
    State state = reads.state();
    for (Wait wait : now) {
      if (wait.condition.test(state)) {
        end(wait, true);
      }
    }
  }

  private void end(Wait wait, boolean as) {
    // Before the answer, so that the caller can wait again at once.
    remove(wait);
    wait.future.complete(as);
  }

  private void remove(Wait wait) {
    synchronized (waits) {
      waits.remove(wait);
      count = waits.size();
      if (wait.alarm != null) {
        wait.alarm.cancel(false);
      }
    }
  }

  /** How many calls wait. */
  public int size() {
    return count;
  }

  /** Ends all waits. */
  @Override
  public void close() {
    subscription.close();
    List<Wait> last;
    synchronized (waits) {
      closed = true;
      last = new ArrayList<>(waits);
    }
    last.forEach(wait -> end(wait, false));
  }
}
