package io.synod.api;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that takes one message of a stream at a time, when it likes. Used by one thread. */
public abstract class StreamClient<Q, A> implements ClientResponseObserver<Q, A> {
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
  private volatile @Nullable ClientCallStreamObserver<Q> call;

  /** How the stream ended; null: well. */
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

  final void ask(int messages) {
    Objects.requireNonNull(call).request(messages);
  }

  public final void cancel() {
    Objects.requireNonNull(call).cancel("enough", null);
  }

  /** Asks for the next message and waits for it. */
  public A next() {
    Object next = asked();
    if (next instanceof End end) {
      throw new AssertionError("the stream ended", end.error());
    }
    return message(next);
  }

  /** As {@link #next}, or null if the stream ended because what it wanted is gone. */
  @Nullable
  public A nextOrCompacted() {
    Object next = asked();
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

  /** The error the stream ends with, and nothing comes before. */
  public final CallError callError() {
    return refused(asked());
  }

  /** The error the stream ends with, whatever comes before. */
  public final CallError refusedAtLast() {
    Object next = asked();
    while (!(next instanceof End)) {
      next = asked();
    }
    return refused(next);
  }

  /** The error with which the stream ends while nobody asks for anything. */
  public final CallError refusedUnasked() {
    return refused(take());
  }

  private static CallError refused(Object arrived) {
    if (arrived instanceof End end && end.error() != null) {
      return CallError.of(end.error());
    }
    throw new AssertionError("not an error: " + arrived);
  }

  private Object asked() {
    ask(1);
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
