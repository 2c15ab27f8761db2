package io.synod.api.call;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one step on a shared executor: never twice at once, and once more if it was signalled while
 * it ran. Each run takes its turn at the end of the executor's queue, so nobody starves. Any thread
 * may signal; a signal never blocks and never throws.
 */
public final class SerialTask {
  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int AGAIN = 2;

  private final AtomicInteger state = new AtomicInteger(IDLE);
  private final Executor executor;
  private final Runnable step;

  /**
   * A pump at rest.
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
    // A signal that came before this line is answered by this very step.
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
      // The server is gone, and with it everybody this step could serve.
      state.set(AGAIN);
    }
  }
}
