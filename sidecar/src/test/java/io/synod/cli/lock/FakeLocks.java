package io.synod.cli.lock;

import com.google.protobuf.util.Durations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.synod.v1.GetHolderRequest;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldEvent.Granted;
import io.synod.v1.HoldEvent.Lost;
import io.synod.v1.HoldEvent.Renewed;
import io.synod.v1.HoldEvent.Waiting;
import io.synod.v1.HoldRequest;
import io.synod.v1.Holder;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ObserveHolderRequest;
import io.synod.v1.ReleaseRequest;
import io.synod.v1.ReleaseResponse;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A fake lock service, whose locks are granted and revoked by the test. */
final class FakeLocks extends LocksGrpc.LocksImplBase {
  private static final long PATIENCE_SECONDS = 60;

  final Queue<ReleaseRequest> releases = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private volatile Holder holder = Holder.getDefaultInstance();
  private volatile long releasedToken;

  private volatile Runnable atRelease = () -> {};
  private volatile @Nullable Throwable wrong;

  /** Looks at the world whenever a lock is given back; see {@link #wrong}. */
  void atRelease(Runnable look) {
    atRelease = look;
  }

  /** What a look found wrong; null if nothing. */
  @Nullable Throwable wrong() {
    return wrong;
  }

  /** How many holds were asked for and not taken by {@link #next}. */
  int requests() {
    return streams.size();
  }

  /** A hold that a caller asked for. */
  static final class Stream {
    final HoldRequest request;
    private final ServerCallStreamObserver<HoldEvent> observer;
    private final CountDownLatch cancelled = new CountDownLatch(1);

    Stream(HoldRequest request, ServerCallStreamObserver<HoldEvent> observer) {
      this.request = request;
      this.observer = observer;
      observer.setOnCancelHandler(cancelled::countDown);
    }

    void waiting(int position) {
      Waiting waiting = Waiting.newBuilder().setPosition(position).setHolderNodeId("3").build();
      observer.onNext(HoldEvent.newBuilder().setWaiting(waiting).build());
    }

    void grant(long token, long validMillis) {
      observer.onNext(
          HoldEvent.newBuilder()
              .setGranted(
                  Granted.newBuilder()
                      .setFencingToken(token)
                      .setValidFor(Durations.fromMillis(validMillis)))
              .build());
    }

    void renew(long validMillis) {
      observer.onNext(
          HoldEvent.newBuilder()
              .setRenewed(Renewed.newBuilder().setValidFor(Durations.fromMillis(validMillis)))
              .build());
    }

    void lose(Lost.Reason reason) {
      observer.onNext(HoldEvent.newBuilder().setLost(Lost.newBuilder().setReason(reason)).build());
      observer.onCompleted();
    }

    void breakOff() {
      observer.onError(Status.UNAVAILABLE.asRuntimeException());
    }

    boolean awaitCancel() throws InterruptedException {
      return cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** The next requested hold. */
  Stream next() throws InterruptedException {
    Stream stream = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("nobody asked for the lock");
    }
    return stream;
  }

  void holder(Holder now) {
    holder = now;
    releasedToken = now.getFencingToken();
  }

  @Override
  public void hold(HoldRequest request, StreamObserver<HoldEvent> observer) {
    streams.add(new Stream(request, (ServerCallStreamObserver<HoldEvent>) observer));
  }

  @Override
  public void getHolder(GetHolderRequest request, StreamObserver<Holder> observer) {
    observer.onNext(holder);
    observer.onCompleted();
  }

  /** Says who holds it, and then nothing more. */
  @Override
  public void observeHolder(ObserveHolderRequest request, StreamObserver<Holder> observer) {
    observer.onNext(holder);
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
    try {
      atRelease.run();
    } catch (AssertionError e) {
      wrong = e;
    }
    releases.add(request);
    observer.onNext(ReleaseResponse.newBuilder().setReleasedToken(releasedToken).build());
    observer.onCompleted();
  }
}
