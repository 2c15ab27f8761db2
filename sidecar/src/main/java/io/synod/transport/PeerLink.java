package io.synod.transport;

import io.synod.paxos.Message;
import io.synod.peer.v1.Frame;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two connections to one peer: a heartbeat never waits behind a batch. {@link #offer} is the
 * loop's, the rest the dialer's.
 */
final class PeerLink {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String name;
  private final Outbound small;
  private final Outbound large;

  private boolean toldConnected;
  private boolean toldUnreachable;
  private long downSinceNanos = System.nanoTime();

  /** With a name for the log. */
  PeerLink(String name, Outbound small, Outbound large) {
    this.name = name;
    this.small = small;
    this.large = large;
  }

  /** Sends the frame of {@code message} on its connection, if there is room for it. */
  boolean offer(Message message, Frame frame) {
    return (isLarge(message) ? large : small).offer(frame);
  }

  /** {@code Chosen} is small, but must not overtake the accepts that it speaks of. */
  private static boolean isLarge(Message message) {
    return message instanceof Message.Accept
        || message instanceof Message.Learned
        || message instanceof Message.Forward
        || message instanceof Message.Promise
        || message instanceof Message.SnapshotPage
        || message instanceof Message.Chosen;
  }

  /** Any thread may ask. */
  boolean connected() {
    return small.connected() && large.connected();
  }

  void tend() {
    small.tend();
    large.tend();
    tell();
  }

  void peerIs(long process) {
    small.peerIs(process);
    large.peerIs(process);
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
    small.close();
    large.close();
  }

  boolean awaitEnd(long millis) throws InterruptedException {
    return small.awaitEnd(millis) && large.awaitEnd(millis);
  }
}
