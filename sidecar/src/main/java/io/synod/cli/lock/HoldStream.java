package io.synod.cli.lock;

import com.google.protobuf.util.Durations;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.Holder;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ObserveHolderRequest;
import io.synod.v1.ReleaseRequest;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One hold of a lock: a stream that is the hold, and a queue of what happens to it and to whoever
 * holds it. Anyone may {@link #tell}; one thread takes.
 */
final class HoldStream implements AutoCloseable {
  /** What the holder should know. */
  sealed interface News permits Arrived, Seen, Broken, Ended, Signalled {}

  /** An event of the stream, and when it came. */
  record Arrived(HoldEvent event, long atNanos) implements News {
    /** Until when the lock is ours, by what this event says. */
    long untilNanos() {
      return atNanos
          + Durations.toNanos(
              event.hasGranted()
                  ? event.getGranted().getValidFor()
                  : event.getRenewed().getValidFor());
    }
  }

  /** Who holds it, from {@link #observe}. */
  record Seen(Holder holder) implements News {}

  /** The stream ended, and not as it should. */
  record Broken(StatusRuntimeException error) implements News {}

  /** The command ended by itself. */
  record Ended(int exitStatus) implements News {}

  /** This process got a signal. */
  record Signalled(String name) implements News {}

  private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
  private final Context.CancellableContext context = Context.current().withCancellation();
  private final Channel channel;
  private final String name;
  private final Signals signals = new Signals(signal -> tell(new Signalled(signal)));

  /** Until when the sidecar must have said yes or no; null if it need not. */
  private final @Nullable Long answerByNanos;

  /** Begins to wait for the lock; signals are news from here on. */
  HoldStream(Channel channel, HoldRequest request, Duration timeout) {
    this.channel = channel;
    answerByNanos =
        request.hasWait()
            ? (Long) (System.nanoTime() + Durations.toNanos(request.getWait()) + timeout.toNanos())
            : null;
    this.name = request.getName();
    StreamObserver<HoldEvent> listener =
        listener(event -> new Arrived(event, System.nanoTime()), true);
    context.run(() -> LocksGrpc.newStub(channel).hold(request, listener));
  }

  /** Also tells who else holds it, until closed; that it cannot is no news. */
  void observe() {
    StreamObserver<Holder> listener = listener(Seen::new, false);
    ObserveHolderRequest request = ObserveHolderRequest.newBuilder().setName(name).build();
    context.run(() -> LocksGrpc.newStub(channel).observeHolder(request, listener));
  }

  void tell(News one) {
    news.add(one);
  }

  /** The next, before the lock is ours: a sidecar that says nothing in time is broken too. */
  News next() throws InterruptedException {
    if (answerByNanos == null) {
      return news.take();
    }
    News one = next(answerByNanos);
    return one == null ? new Broken(Status.DEADLINE_EXCEEDED.asRuntimeException()) : one;
  }

  /** The next, or null if there is none by then. */
  @Nullable News next(long deadlineNanos) throws InterruptedException {
    return news.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  /**
   * Gives the lock back, so that it is free when this returns. Where that cannot be said, the end
   * of the stream says it a little later.
   */
  void release(long token, Duration timeout) {
    try {
      ReleaseRequest request =
          ReleaseRequest.newBuilder().setName(name).setFencingToken(token).build();
      LocksGrpc.LocksBlockingStub stub =
          LocksGrpc.newBlockingStub(channel)
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
      Object unused = stub.release(request);
    } catch (StatusRuntimeException e) {
      // It is not ours any more, or nobody answers: in either case there is no more to be done.
    }
    close();
  }

  private <T> StreamObserver<T> listener(Function<T, News> arrived, boolean ends) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T message) {
        tell(arrived.apply(message));
      }

      @Override
      public void onError(Throwable error) {
        if (ends) {
          tell(new Broken(Status.fromThrowable(error).asRuntimeException(trailers(error))));
        }
      }

      @Override
      public void onCompleted() {
        onError(Status.UNAVAILABLE.asRuntimeException());
      }
    };
  }

  private static Metadata trailers(Throwable error) {
    Metadata trailers = Status.trailersFromThrowable(error);
    return trailers == null ? new Metadata() : trailers;
  }

  /** Ends the stream, and with it the hold. */
  @Override
  public void close() {
    signals.close();
    context.cancel(null);
  }
}
