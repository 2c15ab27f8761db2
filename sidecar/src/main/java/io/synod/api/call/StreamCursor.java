package io.synod.api.call;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/**
 * One reader that is sent what there is, as fast as it takes it. It holds a place, not a queue: a
 * reader that stalls costs this object and the one message grpc already has. All sending is done by
 * one pump, so messages are in order.
 */
public abstract class StreamCursor<T> {
  private final ServerCallStreamObserver<T> observer;
  private final SerialTask serialTask;
  private Runnable afterwards = () -> {};
  // Written by the pump only; the pump's turns are ordered.
  private boolean ended;
  private volatile boolean stopping;
  private volatile long neededFromIndex = Long.MAX_VALUE;

  /** To be made inside the call that it answers. */
  public StreamCursor(StreamObserver<T> observer, Executor executor) {
    this.observer = (ServerCallStreamObserver<T>) observer;
    this.serialTask = new SerialTask(executor, this::step);
  }

  /**
   * Says what to do once it is over; to be called first.
   *
   * @param afterwards may run twice
   */
  final void whenOver(Runnable afterwards) {
    this.afterwards = afterwards;
    observer.setOnCancelHandler(afterwards);
  }

  /** Begins. To be called inside the call that it answers. */
  final void begin() {
    observer.setOnReadyHandler(serialTask::signal);
    serialTask.signal();
  }

  /** There may be more to send. Any thread may call it; it only wakes the pump. */
  public final void signal() {
    serialTask.signal();
  }

  /** Ends it because the sidecar stops. Any thread may call it. */
  final void stop() {
    stopping = true;
    serialTask.signal();
  }

  /** Says its last word because the sidecar stops, and ends. */
  protected void stopped() {
    throw StatusErrors.shuttingDown();
  }

  /** Ends it well. To be called by {@link #advance} or {@link #stopped}, as the last thing. */
  public final void finish() {
    end();
    observer.onCompleted();
  }

  /** Sends what can be sent now, and returns when that is all or enough for one turn. */
  protected abstract void advance();

  /** The first index that is still to be read from the log; by default it reads none. */
  protected long place() {
    return Long.MAX_VALUE;
  }

  /** Its {@link #place} after its last turn. Any thread may call it. */
  final long neededFromIndex() {
    return neededFromIndex;
  }

  /** Whether grpc wants another message now; if not, {@link #signal} comes when it does. */
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
