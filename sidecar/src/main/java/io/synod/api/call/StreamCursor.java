package io.synod.api.call;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/**
 * A server stream that is sent at the speed of its reader. It holds a position, not a queue: a
 * stalled reader costs this object and the one message that gRPC has buffered. One serial task
 * sends all messages, so they are in order.
 */
public abstract class StreamCursor<T> {
  private final ServerCallStreamObserver<T> observer;
  private final SerialTask serialTask;
  private Runnable afterwards = () -> {};
  // Written by the serial task only, whose runs are ordered.
  private boolean ended;
  private volatile boolean stopping;
  private volatile long neededFromIndex = Long.MAX_VALUE;

  /** To be constructed inside the call that it answers. */
  public StreamCursor(StreamObserver<T> observer, Executor executor) {
    this.observer = (ServerCallStreamObserver<T>) observer;
    this.serialTask = new SerialTask(executor, this::step);
  }

  /**
   * Sets what runs when the stream is over; to be called first.
   *
   * @param afterwards may run twice
   */
  final void whenOver(Runnable afterwards) {
    this.afterwards = afterwards;
    observer.setOnCancelHandler(afterwards);
  }

  /** Starts sending. To be called inside the call that it answers. */
  final void begin() {
    observer.setOnReadyHandler(serialTask::signal);
    serialTask.signal();
  }

  /** Runs the serial task, since there may be more to send. Any thread may call it. */
  public final void signal() {
    serialTask.signal();
  }

  /** Ends the stream because the sidecar stops. Any thread may call it. */
  final void stop() {
    stopping = true;
    serialTask.signal();
  }

  /** Sends the last message because the sidecar stops, and ends the stream. */
  protected void stopped() {
    throw StatusErrors.shuttingDown();
  }

  /**
   * Ends the stream with OK. To be called by {@link #advance} or {@link #stopped}, at their end.
   */
  public final void finish() {
    end();
    observer.onCompleted();
  }

  /** Sends what can be sent now, up to what one run may send. */
  protected abstract void advance();

  /** The first log index that is still to be read; by default none is. */
  protected long place() {
    return Long.MAX_VALUE;
  }

  /** Its {@link #place} after its last run. Any thread may call it. */
  final long neededFromIndex() {
    return neededFromIndex;
  }

  /** Whether gRPC accepts another message now; if not, it calls {@link #signal} when it does. */
  public final boolean ready() {
    return observer.isReady();
  }

  public final void send(T message) {
    observer.onNext(message);
  }

  private void step() {
    if (ended) {
      return;
    }
    if (observer.isCancelled()) {
      end();
      return;
    }
    try {
      if (stopping) {
        stopped();
      } else {
        advance();
        neededFromIndex = place();
      }
    } catch (RuntimeException e) {
      end();
      observer.onError(ErrorMapping.refusal(e));
    }
  }

  private void end() {
    ended = true;
    afterwards.run();
  }
}
