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
 * The queue of one peer and its three connections, one a lane: a heartbeat never waits behind a
 * batch, nor a batch behind more than its share of what somebody lacks. {@link #offer} is the
 * loop's, the rest the dialer's.
 */
final class PeerLink {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String name;
  private final PeerQueue<Frame> queue;
  private final Map<Lane, Outbound> lanes = new EnumMap<>(Lane.class);

  private boolean toldConnected;
  private boolean toldUnreachable;
  private long downSinceNanos = System.nanoTime();

  /** With a name for the log. */
  PeerLink(String name, PeerQueue<Frame> queue, Function<Outbound.Load, Outbound> streams) {
    this.name = name;
    this.queue = queue;
    for (Lane lane : Lane.values()) {
      lanes.put(lane, streams.apply(new Outbound.Load(lane, queue)));
    }
  }

  /** Puts the frame of {@code message} in its lane, if that is open and has room. */
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

  /** Any thread may ask. */
  boolean connected() {
    return lanes.values().stream().allMatch(Outbound::connected);
  }

  void tend() {
    lanes.values().forEach(Outbound::tend);
    tell();
  }

  void peerIs(long process) {
    lanes.values().forEach(stream -> stream.peerIs(process));
  }

  /** A peer that comes and goes is told of once each time, one that stays away once. */
  private void tell() {
    boolean connected = connected();
    if (connected != toldConnected) {
      LOG.info(connected ? "{} is connected" : "{} is lost", name);
      downSinceNanos = System.nanoTime();
      toldUnreachable = false;
    } else if (!connected
        && !toldUnreachable
        && System.nanoTime() - downSinceNanos > PATIENCE_NANOS) {
      LOG.warn("{} cannot be reached; dialing goes on", name);
      toldUnreachable = true;
    }
    toldConnected = connected;
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
