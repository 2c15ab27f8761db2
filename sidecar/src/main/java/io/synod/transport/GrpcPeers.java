package io.synod.transport;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.peer.v1.Frame;
import io.synod.runtime.port.Peers;
import io.synod.runtime.port.RateLimitedLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport to the other nodes over gRPC. Each peer has three connections, one for each {@link
 * PeerQueue.Lane}, so that a heartbeat never waits behind a batch. All peers connect to one port.
 * When a connection replaces an earlier one, in either direction, the mailbox receives an input.
 *
 * <p>{@link #send} and {@link #formed} are called by the loop's thread and never block. The mailbox
 * is called on the event loops, concurrently, and must return quickly and not throw. All other
 * methods may be called by any thread.
 */
public final class GrpcPeers implements Peers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcPeers.class);
  private static final long TEND_MILLIS = 500;
  private static final long CLOSE_MILLIS = 2_000;
  private static final int SMALL_QUEUE_BYTES = 1 << 20;

  private final PeerSettings settings;
  private final WireCodec codec;
  private final long process;
  private final Map<Integer, TrafficCounter> tallies = new HashMap<>();
  private final RateLimitedLog oversize = new RateLimitedLog(LOG);
  private final PeerLevels levels = new PeerLevels();
  private final EventLoops loops;
  private final ScheduledExecutorService dialer;
  private volatile Map<Integer, PeerLink> links = Map.of();
  private volatile long formation;
  private volatile PeerStanding standing;
  private @Nullable Inbound inbound;
  private @Nullable Server server;
  private @Nullable Future<?> tending;

  /** Opens nothing yet. */
  public GrpcPeers(PeerSettings settings) {
    this(settings, new ChannelInboundHandlerAdapter());
  }

  /** The same, and every inbound connection passes {@code acceptor} first, which may close it. */
  public GrpcPeers(PeerSettings settings, ChannelHandler acceptor) {
    this.settings = settings;
    this.loops = new EventLoops(acceptor);
    this.standing = new PeerStanding(settings.restore(), false);
    this.codec = new WireCodec(settings.cluster());
    this.process = new SecureRandom().nextLong() | 1;
    settings.peers().keySet().forEach(peer -> tallies.put(peer, new TrafficCounter()));
    this.dialer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "synod-dialer");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts listening, and dialing every peer.
   *
   * @param mailbox receives the messages of peers
   * @throws IOException if it cannot listen; the message names the address
   */
  public synchronized void start(Consumer<Input> mailbox) throws IOException {
    Inbound receiving =
        new Inbound(
            codec,
            () -> handshake(settings.node()),
            tallies,
            mailbox,
            new AcceptedStreams(mailbox));
    PeerAddress bind = settings.bind();
    InetSocketAddress address = new InetSocketAddress(bind.host(), bind.port());
    if (address.isUnresolved()) {
      throw new IOException("cannot listen on " + bind + ": the host name cannot be resolved");
    }
    Server built = loops.server(address, receiving.service(), settings.frameBytesMax());
    try {
      built.start();
    } catch (IOException busy) {
      Throwable cause = busy.getCause() == null ? busy : busy.getCause();
      throw new IOException("cannot listen on " + bind + ": " + cause.getMessage(), busy);
    }
    inbound = receiving;
    server = built;
    Map<Integer, PeerLink> dialed = new TreeMap<>();
    settings.peers().forEach((peer, where) -> dialed.put(peer, link(peer, where, mailbox)));
    links = dialed;
    tending = dialer.scheduleWithFixedDelay(this::tend, 0, TEND_MILLIS, TimeUnit.MILLISECONDS);
  }

  private PeerLink link(int peer, PeerAddress where, Consumer<Input> mailbox) {
    TrafficCounter trafficCounter = tallies.getOrDefault(peer, new TrafficCounter());
    Outbound.StreamListener listener = new Streams(peer, mailbox);
    return new PeerLink(
        "node " + peer + " at " + where,
        new PeerQueue<>(SMALL_QUEUE_BYTES, settings.queueBytesMax()),
        load ->
            new Outbound(
                () -> loops.channel(where), () -> handshake(peer), load, trafficCounter, listener));
  }

  private Handshake handshake(int to) {
    return new Handshake(
        settings.cluster(), settings.node(), to, process, settings.supportedLevel(), standing);
  }

  private final class AcceptedStreams implements Inbound.Arrivals {
    private final Consumer<Input> mailbox;

    AcceptedStreams(Consumer<Input> mailbox) {
      this.mailbox = mailbox;
    }

    @Override
    public @Nullable Status refusal(Handshake caller) {
      return levels.refusal(caller);
    }

    @Override
    public void arrived(Handshake caller) {
      levels.arrived(caller);
      mailbox.accept(new Input.Reconnected(caller.from()));
      GrpcPeers.this.arrived(caller.from(), caller.process());
    }

    @Override
    public void ended(Handshake caller) {
      levels.ended(caller);
    }
  }

  private final class Streams implements Outbound.StreamListener {
    private final int peer;
    private final Consumer<Input> mailbox;
    private final RefusalProbe refusalProbe;

    Streams(int peer, Consumer<Input> mailbox) {
      this.peer = peer;
      this.mailbox = mailbox;
      this.refusalProbe =
          new RefusalProbe(
              loops,
              dialer,
              () -> isConnected(peer),
              () -> mailbox.accept(new Input.ConnectionRefused(peer)));
    }

    @Override
    public void accepted() {
      mailbox.accept(new Input.Reconnected(peer));
    }

    @Override
    public void ended(@Nullable SocketAddress address) {
      if (address != null) {
        refusalProbe.start(address);
      }
      tendSoon();
    }
  }

  @Override
  public boolean send(int to, Message message) {
    TrafficCounter trafficCounter = tallies.get(to);
    if (trafficCounter == null) {
      throw new IllegalArgumentException("node " + to + " is no peer");
    }
    PeerLink there = links.get(to);
    Frame frame =
        codec.frame(
            new Input.Received(settings.node(), settings.incarnation(), formation, message));
    int bytes = frame.getSerializedSize();
    if (bytes > settings.frameBytesMax()) {
      trafficCounter.framesOversize.increment();
      oversize.warn("dropped a frame of {} bytes: it is larger than peers accept", bytes);
      return false;
    }
    if (there != null && there.offer(message, frame, bytes)) {
      trafficCounter.sent(bytes);
      return true;
    }
    trafficCounter.framesDropped.increment();
    return false;
  }

  @Override
  public void formed(Formation of) {
    formation = of.digest();
    standing = new PeerStanding(of.origin().restore(), true);
  }

  @Override
  public void requireLevel(int level) {
    levels.require(level);
  }

  @Override
  public int supportedLevel(int peer) {
    return levels.supported(peer);
  }

  /** The port it listens on; after {@link #start}. */
  public synchronized int port() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server.getPort();
  }

  /** The traffic to and from each peer. */
  public Map<Integer, PeerTraffic> traffic() {
    Map<Integer, PeerLink> now = links;
    Map<Integer, PeerTraffic> traffic = new TreeMap<>();
    tallies.forEach(
        (peer, trafficCounter) -> {
          PeerLink there = now.get(peer);
          traffic.put(peer, trafficCounter.traffic(there != null && there.connected()));
        });
    return traffic;
  }

  private boolean isConnected(int peer) {
    PeerLink there = links.get(peer);
    return there != null && there.connected();
  }

  /**
   * How many streams were refused, since they were of another cluster or of no peer of this node.
   */
  public synchronized long refusedStreams() {
    return inbound == null ? 0 : inbound.refused();
  }

  /** Passes the process of a peer that called to its link, on the dialer's thread. */
  private void arrived(int peer, long itsProcess) {
    onDialer(
        () -> {
          PeerLink there = links.get(peer);
          if (there != null) {
            there.peerIs(itsProcess);
          }
        });
  }

  private void tendSoon() {
    onDialer(this::tend);
  }

  private void tend() {
    try {
      links.values().forEach(PeerLink::tend);
    } catch (RuntimeException wrong) {
      // If it were thrown on, it would end the schedule, and no peer would be dialed again.
      LOG.error("internal error while dialing peers; it is tried again", wrong);
    }
  }

  private void onDialer(Runnable task) {
    try {
      dialer.execute(task);
    } catch (RejectedExecutionException closing) {
      LOG.debug("the transport is closing and dials no more");
    }
  }

  /** Stops listening and closes all connections. Frames that were not sent yet are lost. */
  @Override
  public synchronized void close() {
    if (tending != null) {
      tending.cancel(false);
    }
    onDialer(() -> links.values().forEach(PeerLink::close));
    dialer.shutdown();
    if (server != null) {
      server.shutdownNow();
    }
    try {
      boolean ended = dialer.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      ended &= server == null || server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      for (PeerLink there : links.values()) {
        ended &= there.awaitEnd(CLOSE_MILLIS);
      }
      if (!(loops.close() && ended)) {
        LOG.warn("connections to peers did not close in time");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
