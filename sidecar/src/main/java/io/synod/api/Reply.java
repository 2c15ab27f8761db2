package io.synod.api;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The one answer to a call that has one. Any thread may give it. A client that went away is told
 * nothing, and what it asked for goes on.
 */
final class Reply<T> {
  private final ServerCallStreamObserver<T> observer;

  Reply(StreamObserver<T> observer) {
    this.observer = (ServerCallStreamObserver<T>) observer;
    // With a handler set, an answer to a cancelled call is dropped instead of thrown back.
    this.observer.setOnCancelHandler(() -> {});
  }

  boolean isCancelled() {
    return observer.isCancelled();
  }

  /** Runs {@code work}; what it throws becomes the answer. */
  void guard(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      refuse(Incidents.refusal(e));
    }
  }

  /** Runs {@code work} on what the node answers, under {@link #guard}. */
  <V> void when(CompletableFuture<V> future, Consumer<V> work) {
    CompletableFuture<V> unused =
        future.whenComplete(
            (value, error) -> {
              if (error != null) {
                refuse(Incidents.refusal(error));
              } else {
                guard(() -> work.accept(value));
              }
            });
  }

  void send(T answer) {
    if (!observer.isCancelled()) {
      observer.onNext(answer);
      observer.onCompleted();
    }
  }

  void refuse(StatusRuntimeException refusal) {
    if (!observer.isCancelled()) {
      observer.onError(refusal);
    }
  }
}
