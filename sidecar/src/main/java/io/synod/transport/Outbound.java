package io.synod.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.synod.peer.v1.Frame;
import io.synod.peer.v1.PeerGrpc;
import io.synod.peer.v1.SendSummary;
import io.synod.transport.PeerQueue.Lane;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream to one peer for one lane of its queue, on a connection of its own. It is opened again
 * whenever it ends.
 *
 * <p>The dialer's thread opens streams and maintains the connection. A stream is used by the dialer
 * alone until it is published in {@link #stream}. From then on it is written to by the thread that
 * holds the lock of the queue: the loop's thread after an offer, an event loop when the stream is
 * ready again. The dialer never cancels a stream, since that would race with a write; it closes the
 * channel instead.
 */
final class Outbound {
  private static final Logger LOG = LoggerFactory.getLogger(Outbound.class);
  private static final long REFUSED_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int STREAM_BYTES = 1 << 16;

  private final Supplier<ManagedChannel> dial;
  private final Supplier<Handshake> handshake;
  private final CallOptions options;
  private final Lane lane;
  private final PeerQueue<Frame> queue;
  private final TrafficCounter trafficCounter;
  private final StreamListener listener;
  private final String name;

  private volatile ManagedChannel channel;
  private volatile @Nullable Stream stream;
  private volatile boolean closed;
  private volatile @Nullable String lastRefusal;

  /** Observes streams; any thread calls it. */
  interface StreamListener {
    /** The peer accepted a stream. */
    void accepted();

    /**
     * A stream that was accepted ended.
     *
     * @param address the address of the peer that it was connected to
     */
    void ended(@Nullable SocketAddress address);
  }

  /** What a stream sends: one lane of a queue. The queue is also the lock. */
  record Load(Lane lane, PeerQueue<Frame> queue) {}

  /** A stream to the peer that {@code handshake} means, which is asked when the stream opens. */
  Outbound(
      Supplier<ManagedChannel> dial,
      Supplier<Handshake> handshake,
      Load load,
      TrafficCounter trafficCounter,
      StreamListener listener) {
    this.dial = dial;
    this.handshake = handshake;
    this.lane = load.lane();
    this.queue = load.queue();
    // The stream buffers so little that the queue decides which frame is next.
    this.options =
        CallOptions.DEFAULT
            .withWaitForReady()
            .withOnReadyThreshold(lane == Lane.BULK ? 1 : STREAM_BYTES);
    this.trafficCounter = trafficCounter;
    this.listener = listener;
    this.name = "node " + handshake.get().to();
    this.channel = dial.get();
  }

  /** Whether there is a stream that accepts frames. */
  boolean isOpen() {
    Stream current = stream;
    return current != null && !current.ended && (current.wasReady || current.call.isReady());
  }

  /** Sends frames of the lane while the stream is ready. Never blocks for long. */
  void pump() {
    synchronized (queue) {
      Stream current = stream;
      while (current != null && !current.ended && current.call.isReady()) {
        Frame next = queue.take(lane);
        if (next == null) {
          return;
        }
        current.call.sendMessage(next);
      }
    }
  }

  /** Whether the peer has accepted the stream, as far as this node knows. */
  boolean connected() {
    Stream current = stream;
    return current != null && current.process != 0 && !current.ended;
  }

  /** Opens a stream if there is none. Called by the dialer's thread. */
  void tend() {
    if (closed) {
      return;
    }
    ConnectivityState state = channel.getState(true);
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      // This also discards the resolved addresses, which may have changed.
      channel.enterIdle();
    } else if (state != ConnectivityState.READY) {
      channel.resetConnectBackoff();
    }
    Stream current = stream;
    if (current == null || (current.ended && current.mayRetry())) {
      open();
    }
  }

  /**
   * Records that this process of the peer called: a stream to another process is dead, and so is
   * one that was not accepted in time. Called by the dialer's thread.
   */
  void peerIs(long process) {
    Stream current = stream;
    if (!closed && current != null && current.process != process && !current.isYoung()) {
      LOG.debug("{} was restarted; dialing it again", name);
      ManagedChannel old = channel;
      channel = dial.get();
      open();
      old.shutdownNow();
    }
    tend();
  }

  /** Closes the connection for good. Called by the dialer's thread. */
  void close() {
    closed = true;
    channel.shutdownNow();
  }

  /** After {@link #close}: waits until the connection is closed. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return channel.awaitTermination(millis, TimeUnit.MILLISECONDS);
  }

  private void open() {
    ClientCall<Frame, SendSummary> call = channel.newCall(PeerGrpc.getSendMethod(), options);
    Stream opened = new Stream(call);
    call.start(opened, handshake.get().headers());
    call.request(1);
    synchronized (queue) {
      // The frames that waited for the old stream are lost with it, and reported so.
      queue.clear(lane);
      stream = opened;
    }
  }

  private final class Stream extends ClientCall.Listener<SendSummary> {
    private final ClientCall<Frame, SendSummary> call;

    /** The peer's process once it has accepted the stream; 0 before. */
    private volatile long process;

    private final long startedAtNanos = System.nanoTime();
    private volatile boolean ended;
    private volatile @Nullable SocketAddress address;
    private volatile boolean wasReady;
    private volatile long retryNanos;

    Stream(ClientCall<Frame, SendSummary> call) {
      this.call = call;
    }

    /** Whether the stream is young enough to be still answered. */
    boolean isYoung() {
      return process == 0 && System.nanoTime() - startedAtNanos < YOUNG_NANOS;
    }

    boolean mayRetry() {
      return System.nanoTime() - retryNanos >= 0;
    }

    @Override
    public void onReady() {
      wasReady = true;
      if (stream == this) {
        pump();
      }
    }

    @Override
    public void onMessage(SendSummary welcome) {
      boolean first = process == 0;
      if (first) {
        trafficCounter.connections.increment();
        lastRefusal = null;
        LOG.debug("{} accepted a stream", name);
      }
      address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      process = welcome.getProcess();
      call.request(1);
      if (first) {
        listener.accepted();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      boolean accepted = process != 0;
      boolean refused = !accepted && status.getCode() != Status.Code.UNAVAILABLE;
      retryNanos = System.nanoTime() + (refused ? REFUSED_PAUSE_NANOS : 0);
      ended = true;
      if (closed) {
        return;
      }
      if (refused) {
        refused(status);
      }
      if (accepted) {
        LOG.debug("a stream to {} ended: {}", name, status.getCode());
        listener.ended(address);
      }
    }

    private void refused(Status status) {
      String why = status.getCode() + ", " + status.getDescription();
      if (!why.equals(lastRefusal)) {
        lastRefusal = why;
        LOG.warn("{} refused the connection of this node: {}", name, why);
      }
    }
  }
}
