package io.synod.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.synod.peer.v1.Frame;
import io.synod.peer.v1.PeerGrpc;
import io.synod.peer.v1.SendSummary;
import io.synod.transport.PeerQueue.Lane;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to one peer, for one lane of the peer's queue, on a connection of its own, made again
 * whenever it ends.
 *
 * <p>The dialer's thread opens streams and tends the connection. A stream belongs to the dialer
 * until it is published in {@link #stream}, and is then written to by whoever holds the lock of the
 * queue: the loop's thread when something was put in, an event loop when the stream has room again.
 * The dialer never cancels a stream, for that would race with a write; it closes the channel below
 * it.
 */
final class Outbound {
  private static final Logger LOG = LoggerFactory.getLogger(Outbound.class);
  private static final long REFUSED_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int STREAM_BYTES = 1 << 16;

  private final Supplier<ManagedChannel> dial;
  private final Handshake handshake;
  private final CallOptions options;
  private final Lane lane;
  private final PeerQueue<Frame> queue;
  private final TrafficCounter trafficCounter;
  private final Told told;
  private final String name;

  private volatile ManagedChannel channel;
  private volatile @Nullable Stream stream;
  private volatile boolean closed;
  private volatile @Nullable String lastRefusal;

  /** Who wants to know of streams; called on any thread. */
  interface Told {
    /** The peer accepted a stream. */
    void accepted();

    /** A stream that was accepted ended. */
    void ended();
  }

  /** What a stream carries: one lane of a queue, which is also its lock. */
  record Load(Lane lane, PeerQueue<Frame> queue) {}

  /** A stream to the peer that {@code handshake} means. */
  Outbound(
      Supplier<ManagedChannel> dial,
      Handshake handshake,
      Load load,
      TrafficCounter trafficCounter,
      Told told) {
    this.dial = dial;
    this.handshake = handshake;
    this.lane = load.lane();
    this.queue = load.queue();
    // So little waits in the stream itself that the queue decides what is next.
    this.options =
        CallOptions.DEFAULT
            .withWaitForReady()
            .withOnReadyThreshold(lane == Lane.BULK ? 1 : STREAM_BYTES);
    this.trafficCounter = trafficCounter;
    this.told = told;
    this.name = "node " + handshake.to();
    this.channel = dial.get();
  }

  /** Whether there is a stream that takes frames. */
  boolean isOpen() {
    Stream current = stream;
    return current != null && !current.ended && (current.wasReady || current.call.isReady());
  }

  /** Sends what waits in the lane, as long as the stream has room. Never blocks for long. */
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

  /** Whether the peer has accepted the stream, as far as is known. */
  boolean connected() {
    Stream current = stream;
    return current != null && current.process != 0 && !current.ended;
  }

  /** Sees to it that there is a stream, or soon will be. By the dialer's thread. */
  void tend() {
    if (closed) {
      return;
    }
    ConnectivityState state = channel.getState(true);
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      // Forgets the addresses too: the peer may have another by now.
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
   * The peer's process {@code process} called: a stream to another one is dead, and so is one that
   * nobody has answered for a while. By the dialer's thread.
   */
  void peerIs(long process) {
    Stream current = stream;
    if (!closed && current != null && current.process != process && !current.isYoung()) {
      LOG.debug("{} has a new process; dialing it again", name);
      ManagedChannel old = channel;
      channel = dial.get();
      open();
      old.shutdownNow();
    }
    tend();
  }

  /** By the dialer's thread, for good. */
  void close() {
    closed = true;
    channel.shutdownNow();
  }

  /** After {@link #close}: waits until nothing of the connection is left. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return channel.awaitTermination(millis, TimeUnit.MILLISECONDS);
  }

  private void open() {
    ClientCall<Frame, SendSummary> call = channel.newCall(PeerGrpc.getSendMethod(), options);
    Stream opened = new Stream(call);
    call.start(opened, handshake.headers());
    call.request(1);
    synchronized (queue) {
      // What waited for the old stream is told as lost with it.
      queue.clear(lane);
      stream = opened;
    }
  }

  private final class Stream extends ClientCall.Listener<SendSummary> {
    private final ClientCall<Frame, SendSummary> call;

    /** The peer's process once it has accepted, 0 before. */
    private volatile long process;

    private final long bornNanos = System.nanoTime();
    private volatile boolean ended;
    private volatile boolean wasReady;
    private volatile long retryNanos;

    Stream(ClientCall<Frame, SendSummary> call) {
      this.call = call;
    }

    /** Whether it may well be answered yet. */
    boolean isYoung() {
      return process == 0 && System.nanoTime() - bornNanos < YOUNG_NANOS;
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
      process = welcome.getProcess();
      call.request(1);
      if (first) {
        told.accepted();
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
        told.ended();
      }
    }

    private void refused(Status status) {
      String why = status.getCode() + ", " + status.getDescription();
      if (!why.equals(lastRefusal)) {
        lastRefusal = why;
        LOG.warn("{} refuses this node: {}", name, why);
      }
    }
  }
}
