package io.synod.client;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.synod.v1.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of the log from an index on: in order, without gaps or repetitions. When the connection
 * breaks or the sidecar stops sending, it resumes at the next index.
 *
 * <p>To be read by one thread at a time; {@link #close} may be called by any. It buffers a few
 * messages, however slowly it is read.
 */
public final class Watch implements Iterator<Entry>, AutoCloseable {
  private static final long PROGRESS_NANOS = Duration.ofSeconds(5).toNanos();

  /** How many progress messages may be missing before the stream counts as broken. */
  private static final int MARKS_MISSED_MAX = 3;

  private final Channel channel;
  private final WatchRequest request;
  private final long silenceNanosMax;
  private final Deque<Entry> received = new ArrayDeque<>();
  private final Backoff backoff = new Backoff();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Stream stream;
  private long next;
  private long position;

  Watch(Channel channel, WatchRequest request) {
    this.channel = channel;
    this.request = request;
    this.next = request.getStartIndex();
    this.position = Math.max(0, next - 1);
    long asked =
        Nanos.of(
            Duration.ofSeconds(
                request.getProgressInterval().getSeconds(),
                request.getProgressInterval().getNanos()));
    this.silenceNanosMax =
        (request.hasProgressInterval() ? asked : PROGRESS_NANOS) * MARKS_MISSED_MAX;
  }

  /**
   * Waits for the next entry.
   *
   * @return false once the watch is closed, and not before
   * @throws CompactedException if the next entry is compacted; the watch is over
   * @throws SynodException if a retry cannot succeed; the watch is over
   */
  @Override
  public boolean hasNext() {
    while (!isClosed() && received.isEmpty()) {
      Stream current = stream;
      if (current == null) {
        open();
      } else {
        receive(current);
      }
    }
    return !isClosed();
  }

  /** Waits as {@link #hasNext}, and returns the entry. */
  @Override
  public Entry next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the watch is closed");
    }
    Entry entry = received.remove();
    position = received.isEmpty() ? next - 1 : entry.getIndex();
    return entry;
  }

  /**
   * The last index that this watch has covered: all wanted entries up to it were returned by {@link
   * #next}. To resume after a restart, watch from this index plus one.
   */
  public long position() {
    return position;
  }

  /** Ends the watch; a waiting {@link #hasNext} returns false. */
  @Override
  public void close() {
    closed.countDown();
    Stream current = stream;
    if (current != null) {
      current.cancel();
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void open() {
    Stream opened = new Stream();
    stream = opened;
    LogGrpc.newStub(channel)
        .withMaxInboundMessageSize(SynodClient.MESSAGE_BYTES_MAX)
        .watch(request.toBuilder().setStartIndex(next).build(), opened);
    if (isClosed()) {
      opened.cancel();
    }
  }

  private void receive(Stream current) {
    try {
      Object event = current.arrived.poll(silenceNanosMax, TimeUnit.NANOSECONDS);
      if (event instanceof WatchResponse message) {
        take(message);
        backoff.reset();
        current.ask();
      } else if (event instanceof Throwable error) {
        stream = null;
        broken(SynodException.of(error));
      } else {
        stream = null;
        current.cancel();
      }
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
    }
  }

  private void take(WatchResponse message) {
    switch (message.getEventCase()) {
      case STARTED -> next = message.getStarted().getStartIndex();
      case BATCH -> {
        for (Entry entry : message.getBatch().getEntriesList()) {
          received.add(entry);
          next = entry.getIndex() + 1;
        }
      }
      case PROGRESS -> next = Math.max(next, message.getProgress().getIndex() + 1);
      case EVENT_NOT_SET -> {}
    }
    if (received.isEmpty()) {
      position = next - 1;
    }
  }

  private void broken(SynodException error) throws InterruptedException {
    if (isClosed()) {
      return;
    }
    if (!error.isPassing()) {
      close();
      throw error;
    }
    // The wait ends at once when the watch is closed.
    var unused = closed.await(backoff.nextNanos(error), TimeUnit.NANOSECONDS);
  }

  /** One call, which requests a message whenever one was taken. */
  private static final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private static final int MESSAGES_AHEAD = 2;

    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private volatile @Nullable ClientCallStreamObserver<WatchRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
      call = started;
      started.disableAutoRequestWithInitial(MESSAGES_AHEAD);
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
      arrived.add(Status.UNAVAILABLE.withDescription("the watch was ended").asException());
    }

    private void ask() {
      ClientCallStreamObserver<WatchRequest> asked = call;
      if (asked != null) {
        asked.request(1);
      }
    }

    private void cancel() {
      ClientCallStreamObserver<WatchRequest> cancelled = call;
      if (cancelled != null) {
        cancelled.cancel("closed by the reader", null);
      }
    }
  }
}
