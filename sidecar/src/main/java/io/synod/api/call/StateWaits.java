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

/** Calls that wait until the state here is as they want it. Any thread may call any method. */
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
    private final Predicate<State> wanted;
    private final CompletableFuture<Boolean> future = new CompletableFuture<>();
    private @Nullable ScheduledFuture<?> alarm;

    private Wait(Predicate<State> wanted) {
      this.wanted = wanted;
    }
  }

  /** Nobody waits yet. */
  public StateWaits(StateReads reads, AppliedLog appliedLog, WorkerThreads workers) {
    this.reads = reads;
    this.workers = workers;
    this.serialTask = new SerialTask(workers.pumps(), this::look);
    this.subscription =
        appliedLog.onAdvance(
            () -> {
              if (count > 0) {
                serialTask.signal();
              }
            });
  }

  /** Refuses what would have to wait beside too many others. */
  public void admit() {
    if (count >= WAITS_MAX) {
      throw StatusErrors.crowded("waits", WAITS_MAX);
    }
  }

  /**
   * Waits until the state is as wanted.
   *
   * @param wanted once true it stays true, or it is no matter
   * @return whether it is; false once the time is up or the sidecar stops. Whoever does not wait
   *     any longer may complete it.
   */
  public CompletableFuture<Boolean> until(Predicate<State> wanted, Duration timeout) {
    if (wanted.test(reads.state())) {
      return CompletableFuture.completedFuture(true);
    }
    Wait wait = new Wait(wanted);
    CompletableFuture<Boolean> unused = wait.future.whenComplete((as, error) -> forget(wait));
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
    // What was applied between the first look and now.
    serialTask.signal();
    return wait.future;
  }

  private void look() {
    List<Wait> now;
    synchronized (waits) {
      now = new ArrayList<>(waits);
    }
    State state = reads.state();
    for (Wait wait : now) {
      if (wait.wanted.test(state)) {
        end(wait, true);
      }
    }
  }

  private void end(Wait wait, boolean as) {
    // First, so that whoever is answered finds room for another.
    forget(wait);
    wait.future.complete(as);
  }

  private void forget(Wait wait) {
    synchronized (waits) {
      waits.remove(wait);
      count = waits.size();
      if (wait.alarm != null) {
        wait.alarm.cancel(false);
      }
    }
  }

  /** How many wait. */
  public int size() {
    return count;
  }

  /** Ends all waiting. */
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
