package io.synod.api.call;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A task that runs serially on a shared executor. A signal runs its step; a signal during a run
 * runs it once more afterwards. Each run is queued at the end of the executor's queue, so no task
 * starves another. Any thread may signal; a signal never blocks and never throws.
 */
public final class SerialTask {
  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int AGAIN = 2;

  private final AtomicInteger state = new AtomicInteger(IDLE);
  private final Executor executor;
  private final Runnable step;

  /**
   * A task that is not running.
   *
   * @param step must not throw
   */
  public SerialTask(Executor executor, Runnable step) {
    this.executor = executor;
    this.step = step;
  }

  public void signal() {
    if (state.getAndUpdate(now -> now == IDLE ? RUNNING : AGAIN) == IDLE) {
      submit();
    }
  }

  private void run() {
    // A signal before this line is served by this very step.
    state.set(RUNNING);
    step.run();
    if (!state.compareAndSet(RUNNING, IDLE)) {
      submit();
    }
  }

  private void submit() {
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException closed) {
      // The server is stopped, and with it every call that this step could serve.
      state.set(AGAIN);
    }
  }
}
