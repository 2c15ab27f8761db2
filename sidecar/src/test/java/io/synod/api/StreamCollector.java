package io.synod.api;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that receives every message of a stream at once. Used by one thread. */
public final class StreamCollector<Q, A> implements ClientResponseObserver<Q, A> {
  private static final String COMPLETED = "completed";
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
  private volatile @Nullable ClientCallStreamObserver<Q> call;

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    call = stream;
  }

  @Override
  public void onNext(A message) {
    arrived.add(Objects.requireNonNull(message));
  }

  @Override
  public void onError(Throwable error) {
    arrived.add(error);
  }

  @Override
  public void onCompleted() {
    arrived.add(COMPLETED);
  }

  public void cancel() {
    Objects.requireNonNull(call).cancel("enough", null);
  }

  /** The next message. */
  @SuppressWarnings("unchecked")
  public A next() {
    Object next = take(PATIENCE_SECONDS);
    if (next instanceof Throwable || next == COMPLETED) {
      throw new AssertionError("the stream ended: " + next);
    }
    return (A) next;
  }

  /** The next message; null if none arrives in time or the stream ended. */
  @SuppressWarnings("unchecked")
  @Nullable
  public A nextWithin(long millis) {
    try {
      Object next = arrived.poll(millis, TimeUnit.MILLISECONDS);
      return next instanceof Throwable || next == COMPLETED ? null : (A) next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether all received messages were taken. */
  public boolean isQuiet() {
    return arrived.isEmpty();
  }

  /** Asserts that the stream ends with OK, without a message before. */
  public void completes() {
    Object next = take(PATIENCE_SECONDS);
    if (next != COMPLETED) {
      throw new AssertionError("not the end: " + next);
    }
  }

  /** The error with which the stream ends, without a message before. */
  public CallError callError() {
    Object next = take(PATIENCE_SECONDS);
    if (next instanceof Throwable error) {
      return CallError.of(error);
    }
    throw new AssertionError("not an error: " + next);
  }

  private Object take(long seconds) {
    try {
      Object next = arrived.poll(seconds, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing arrived");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
