package io.synod.api.call;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bulk data that holds a resource, such as an open file or a state, until it is over. A
 * timer signals it while it waits: it checks its deadline and its reader then.
 */
public abstract class TransferCursor<T> extends StreamCursor<T> {
  private final WorkerThreads workers;
  private boolean closed;
  private volatile @Nullable ScheduledFuture<?> timer;
  private volatile boolean released;

  /** To be constructed inside the call that it answers. */
  protected TransferCursor(StreamObserver<T> observer, WorkerThreads workers) {
    super(observer, workers.transfers());
    this.workers = workers;
  }

  /** Signals the stream once, after this time. To be called once it is open. */
  public final void signalAfter(long nanos) {
    set(workers.clock().schedule(this::signal, nanos, TimeUnit.NANOSECONDS));
  }

  /** Signals the stream again and again until it is over. To be called once it is open. */
  public final void signalEvery(long nanos) {
    set(workers.clock().scheduleWithFixedDelay(this::signal, nanos, nanos, TimeUnit.NANOSECONDS));
  }

  private void set(ScheduledFuture<?> started) {
    timer = started;
    if (released) {
      stopTimer();
    }
  }

  private void stopTimer() {
    ScheduledFuture<?> started = timer;
    if (started != null) {
      started.cancel(false);
    }
  }

  /** Stops the timer and closes the resource. Any thread may call it, more than once. */
  public final void release() {
    released = true;
    stopTimer();
    try {
      workers.transfers().execute(this::closeOnce);
    } catch (RejectedExecutionException stopped) {
      closeOnce();
    }
  }

  private synchronized void closeOnce() {
    if (!closed) {
      closed = true;
      close();
    }
  }

  @Override
  protected final synchronized void advance() {
    if (!closed) {
      transfer();
    }
  }

  /** Sends what can be sent now, up to what one run may send. */
  protected abstract void transfer();

  /** Closes the resource, if it was opened. It is not called during {@link #transfer}. */
  protected abstract void close();
}
