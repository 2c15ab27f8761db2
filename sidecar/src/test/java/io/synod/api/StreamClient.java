package io.synod.api;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of a stream that requests one message at a time. Used by one thread. */
public abstract class StreamClient<Q, A> implements ClientResponseObserver<Q, A> {
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
  private volatile @Nullable ClientCallStreamObserver<Q> call;

  /** The end of the stream; null stands for OK. */
  private record End(@Nullable Throwable error) {}

  @Override
  public final void beforeStart(ClientCallStreamObserver<Q> stream) {
    call = stream;
    stream.disableAutoRequestWithInitial(0);
  }

  @Override
  public final void onNext(A message) {
    arrived.add(Objects.requireNonNull(message));
  }

  @Override
  public final void onError(Throwable error) {
    arrived.add(new End(error));
  }

  @Override
  public final void onCompleted() {
    arrived.add(new End(null));
  }

  final void request(int messages) {
    Objects.requireNonNull(call).request(messages);
  }

  public final void cancel() {
    Objects.requireNonNull(call).cancel("enough", null);
  }

  /** Requests the next message and waits for it. */
  public A next() {
    Object next = requestedMessage();
    if (next instanceof End end) {
      throw new AssertionError("the stream ended", end.error());
    }
    return message(next);
  }

  /** As {@link #next}; null if the stream ended with COMPACTED. */
  @Nullable
  public A nextOrCompacted() {
    Object next = requestedMessage();
    if (!(next instanceof End)) {
      return message(next);
    }
    CallError callError = refused(next);
    if (!callError.reason().name().equals("COMPACTED")) {
      throw new AssertionError("the stream ended: " + callError);
    }
    return null;
  }

  @SuppressWarnings("unchecked")
  private A message(Object arrived) {
    return (A) arrived;
  }

  /** The error with which the stream ends, without a message before. */
  public final CallError callError() {
    return refused(requestedMessage());
  }

  /** The error with which the stream ends, after any messages. */
  public final CallError refusedAtLast() {
    Object next = requestedMessage();
    while (!(next instanceof End)) {
      next = requestedMessage();
    }
    return refused(next);
  }

  /** The error with which the stream ends although no message is requested. */
  public final CallError refusedUnasked() {
    return refused(take());
  }

  private static CallError refused(Object arrived) {
    if (arrived instanceof End end && end.error() != null) {
      return CallError.of(end.error());
    }
    throw new AssertionError("not an error: " + arrived);
  }

  private Object requestedMessage() {
    request(1);
    return take();
  }

  private Object take() {
    try {
      Object next = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing arrived");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
