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
 * One hold of a lock: the stream that is the hold, and a queue of events of the stream and of the
 * process that holds it. Any thread may call {@link #add}; one thread takes events.
 */
final class HoldStream implements AutoCloseable {
  /** An event for the holder. */
  sealed interface Update permits Arrived, Seen, Broken, Ended, Signalled {}

  /** A message of the stream, and when it arrived. */
  record Arrived(HoldEvent event, long atNanos) implements Update {
    /** Until when the lock is held, according to this message. */
    long untilNanos() {
      return atNanos
          + Durations.toNanos(
              event.hasGranted()
                  ? event.getGranted().getValidFor()
                  : event.getRenewed().getValidFor());
    }
  }

  /** The holder of the lock, from {@link #observe}. */
  record Seen(Holder holder) implements Update {}

  /** The stream failed. */
  record Broken(StatusRuntimeException error) implements Update {}

  /** The command ended by itself. */
  record Ended(int exitStatus) implements Update {}

  /** This process received a signal. */
  record Signalled(String name) implements Update {}

  private final BlockingQueue<Update> events = new LinkedBlockingQueue<>();
  private final Context.CancellableContext context = Context.current().withCancellation();
  private final Channel channel;
  private final String name;
  private final Signals signals = new Signals(signal -> add(new Signalled(signal)));

  /** Until when the sidecar must have granted or refused the lock; null if there is no limit. */
  private final @Nullable Long answerByNanos;

  /** Requests the lock; from now on signals become events. */
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

  /** Also reports who holds the lock, until closed; an error of that is ignored. */
  void observe() {
    StreamObserver<Holder> listener = listener(Seen::new, false);
    ObserveHolderRequest request = ObserveHolderRequest.newBuilder().setName(name).build();
    context.run(() -> LocksGrpc.newStub(channel).observeHolder(request, listener));
  }

  void add(Update one) {
    events.add(one);
  }

  /**
   * The next event before the lock is granted; a sidecar that does not answer in time counts as
   * {@link Broken}.
   */
  Update next() throws InterruptedException {
    if (answerByNanos == null) {
      return events.take();
    }
    Update one = next(answerByNanos);
    return one == null ? new Broken(Status.DEADLINE_EXCEEDED.asRuntimeException()) : one;
  }

  /** The next event, or null if there is none by the deadline. */
  @Nullable Update next(long deadlineNanos) throws InterruptedException {
    return events.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  /**
   * Releases the lock, so that it is free when this returns. If the call fails, the end of the
   * stream releases it a little later.
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
      // The lock is not held any more, or the sidecar does not answer: nothing more can be done.
    }
    close();
  }

  private <T> StreamObserver<T> listener(Function<T, Update> arrived, boolean ends) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T message) {
        add(arrived.apply(message));
      }

      @Override
      public void onError(Throwable error) {
        if (ends) {
          add(new Broken(Status.fromThrowable(error).asRuntimeException(trailers(error))));
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
