package io.synod.api.call;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.synod.runtime.node.ReadFreshness;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a unary call. Any thread may send it. If the client has cancelled the call, nothing
 * is sent; its proposal continues, and nothing waits for it any more.
 */
public final class UnaryReply<T> {
  private final ServerCallStreamObserver<T> observer;
  private @Nullable Runnable onCancel;

  public UnaryReply(StreamObserver<T> observer) {
    this.observer = (ServerCallStreamObserver<T>) observer;
    // With a handler set, gRPC drops an answer to a cancelled call instead of throwing.
    this.observer.setOnCancelHandler(this::cancelled);
  }

  private void cancelled() {
    Runnable all;
    synchronized (this) {
      all = onCancel;
    }
    if (all != null) {
      all.run();
    }
  }

  /** Runs this work, after earlier ones, when the client cancels the call; at most twice. */
  public void onCancel(Runnable work) {
    synchronized (this) {
      Runnable before = onCancel;
      onCancel =
          before == null
              ? work
              : () -> {
                before.run();
                work.run();
              };
    }
    if (observer.isCancelled()) {
      work.run();
    }
  }

  public boolean isCancelled() {
    return observer.isCancelled();
  }

  /** Runs {@code work}; what it throws becomes the answer. */
  public void guard(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      refuse(ErrorMapping.refusal(e));
    }
  }

  /** Runs {@code work} on the completed value, under {@link #guard}. */
  public <V> void when(CompletableFuture<V> future, Consumer<V> work) {
    CompletableFuture<V> unused =
        future.whenComplete(
            (value, error) -> {
              if (error != null) {
                if (!isCancelled()) {
                  refuse(ErrorMapping.refusal(error));
                }
              } else {
                guard(() -> work.accept(value));
              }
            });
  }

  /** As {@link #when}; the read is cancelled when the client cancels the call. */
  public void whenRead(CompletableFuture<ReadFreshness> reading, Consumer<ReadFreshness> work) {
    onCancel(() -> reading.cancel(false));
    when(reading, work);
  }

  public void send(T answer) {
    if (!observer.isCancelled()) {
      observer.onNext(answer);
      observer.onCompleted();
    }
  }

  public void refuse(StatusRuntimeException refusal) {
    if (!observer.isCancelled()) {
      observer.onError(refusal);
    }
  }
}
