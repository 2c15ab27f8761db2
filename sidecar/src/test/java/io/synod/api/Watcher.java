package io.synod.api;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.synod.v1.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that takes one message of a watch at a time, when it likes. Used by one thread. */
final class Watcher implements ClientResponseObserver<WatchRequest, WatchResponse> {
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
  private volatile @Nullable ClientCallStreamObserver<WatchRequest> call;

  /** Opens a watch that asks for nothing yet. */
  static Watcher open(Served served, WatchRequest request) {
    return open(LogGrpc.newStub(served.channel), request);
  }

  static Watcher open(LogGrpc.LogStub stub, WatchRequest request) {
    Watcher watcher = new Watcher();
    stub.watch(request, watcher);
    return watcher;
  }

  static WatchRequest from(long index) {
    return WatchRequest.newBuilder().setStartIndex(index).build();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
    call = stream;
    stream.disableAutoRequestWithInitial(0);
  }

  @Override
  public void onNext(WatchResponse message) {
    arrived.add(message);
  }

  @Override
  public void onError(Throwable error) {
    arrived.add(error);
  }

  @Override
  public void onCompleted() {
    arrived.add("completed");
  }

  void ask(int messages) {
    Objects.requireNonNull(call).request(messages);
  }

  void cancel() {
    Objects.requireNonNull(call).cancel("enough", null);
  }

  /** Asks for the next message and waits for it. */
  WatchResponse next() {
    ask(1);
    Object next = take();
    if (next instanceof WatchResponse message) {
      return message;
    }
    throw new AssertionError("the watch ended: " + next);
  }

  WatchStarted started() {
    return next().getStarted();
  }

  WatchProgress mark() {
    return next().getProgress();
  }

  /** The error the watch ends with. */
  Refused refused() {
    ask(1);
    Object next = take();
    if (next instanceof Throwable error) {
      return Refused.of(error);
    }
    throw new AssertionError("not an error: " + next);
  }

  /** Takes messages up to the first mark at or above {@code through}, checking every mark. */
  List<Entry> entriesThrough(long through) {
    List<Entry> entries = new ArrayList<>();
    long marked = 0;
    while (marked < through) {
      WatchResponse message = next();
      for (Entry entry : message.getBatch().getEntriesList()) {
        if (entry.getIndex() <= marked) {
          throw new AssertionError(entry.getIndex() + " after the mark " + marked);
        }
        entries.add(entry);
      }
      if (message.hasProgress()) {
        marked = message.getProgress().getIndex();
      }
    }
    return entries;
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
