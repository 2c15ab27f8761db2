package io.synod.transport;

import io.synod.paxos.value.Message;
import io.synod.peer.v1.Frame;
import io.synod.transport.PeerQueue.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one peer and its three connections, one for each lane, so that a heartbeat never
 * waits behind a batch, nor a batch behind the catch-up of a peer. {@link #offer} is called by the
 * loop's thread, the other methods by the dialer's.
 */
final class PeerLink {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String name;
  private final PeerQueue<Frame> queue;
  private final Map<Lane, Outbound> lanes = new EnumMap<>(Lane.class);

  private boolean reportedConnected;
  private boolean reportedUnreachable;
  private long downSinceNanos = System.nanoTime();

  /** A link with a name for the log. */
  PeerLink(String name, PeerQueue<Frame> queue, Function<Outbound.Load, Outbound> streams) {
    this.name = name;
    this.queue = queue;
    for (Lane lane : Lane.values()) {
      lanes.put(lane, streams.apply(new Outbound.Load(lane, queue)));
    }
  }

  /** Adds the frame of {@code message} to its lane; refused if the lane is closed or full. */
  boolean offer(Message message, Frame frame, int bytes) {
    Outbound stream = lanes.get(Lane.of(message));
    if (stream == null || !stream.isOpen()) {
      return false;
    }
    synchronized (queue) {
      if (!queue.offer(message, frame, bytes)) {
        return false;
      }
      stream.pump();
    }
    return true;
  }

  /** Whether all lanes are connected. Any thread may call it. */
  boolean connected() {
    return lanes.values().stream().allMatch(Outbound::connected);
  }

  void tend() {
    lanes.values().forEach(Outbound::tend);
    report();
  }

  void peerIs(long process) {
    lanes.values().forEach(stream -> stream.peerIs(process));
  }

  /** Logs each change of the connection once, and a peer that stays unreachable once. */
  private void report() {
    boolean connected = connected();
    if (connected != reportedConnected) {
      LOG.info(connected ? "connected to {}" : "lost the connection to {}; dialing it again", name);
      downSinceNanos = System.nanoTime();
      reportedUnreachable = false;
    } else if (!connected
        && !reportedUnreachable
        && System.nanoTime() - downSinceNanos > PATIENCE_NANOS) {
      LOG.warn("{} is not reachable; dialing it again until it is", name);
      reportedUnreachable = true;
    }
    reportedConnected = connected;
  }

  void close() {
    lanes.values().forEach(Outbound::close);
  }

  boolean awaitEnd(long millis) throws InterruptedException {
    boolean ended = true;
    for (Outbound stream : lanes.values()) {
      ended &= stream.awaitEnd(millis);
    }
    return ended;
  }
}
