package io.synod.api.server;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.synod.api.call.ServerIdentity;
import io.synod.runtime.node.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the client API on one TCP address or Unix socket. To be started once and closed once;
 * {@link #drain} and {@link #close} may be called by any thread.
 */
public final class ApiServer implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int TCP_LOOPS = 2 * Runtime.getRuntime().availableProcessors();
  private static final int UNIX_LOOPS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  /** A silent client is pinged after this time, and disconnected if it does not answer in time. */
  private static final long SILENT_SECONDS = 30;

  private static final long PROBE_SECONDS = 10;

  /** How long the HTTP/2 handshake of a connection may take. */
  private static final long HANDSHAKE_SECONDS = 10;

  /** A connection without a call is closed gracefully after this time; clients reconnect. */
  private static final long IDLE_MINUTES = 10;

  private final SocketAddress bind;
  private final ApiLimits limits;
  private final ApiServices services;
  private final Oversized oversized = new Oversized();
  private @Nullable Server server;
  private @Nullable EventLoopGroup loops;
  private ChannelHandler acceptor = new ChannelInboundHandlerAdapter();
  private Duration keepAliveMin = Duration.ofSeconds(5);

  /**
   * Opens nothing yet.
   *
   * @param bind an {@link InetSocketAddress}, with port 0 for any free one, or a {@link
   *     UnixDomainSocketAddress}
   */
  public ApiServer(
      SocketAddress bind,
      ApiLimits limits,
      Node node,
      ServerIdentity identity,
      CallObserver observer) {
    this.bind = bind;
    this.limits = limits;
    this.services = new ApiServices(limits, node, identity, observer);
  }

  /** Adds a handler before all others, which may close a connection. Before {@link #start}. */
  public ApiServer acceptingThrough(ChannelHandler first) {
    acceptor = first;
    return this;
  }

  /** Closes a connection whose client pings more often than this. Before {@link #start}. */
  public ApiServer withKeepAliveMin(Duration least) {
    keepAliveMin = least;
    return this;
  }

  /** Adds further alarms to the status. Before {@link #start}. */
  public ApiServer alarming(Supplier<List<String>> more) {
    services.alarming(more);
    return this;
  }

  /**
   * Starts serving.
   *
   * @throws IOException if the address cannot be bound; the message says why in one line
   */
  public void start() throws IOException {
    NettyServerBuilder builder =
        bind instanceof UnixDomainSocketAddress unix ? unixServer(unix) : tcpServer();
    services.addTo(builder);
    builder
        .addStreamTracerFactory(oversized)
        .maxInboundMetadataSize(CallInterceptor.HEADERS_BYTES_READ)
        .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
        .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES);
    builder
        .maxConcurrentCallsPerConnection(limits.callsPerConnectionMax())
        .keepAliveTime(SILENT_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PROBE_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(keepAliveMin.toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(true);
    Server built = builder.build();
    try {
      server = built.start();
      if (bind instanceof UnixDomainSocketAddress unix) {
        SocketFile.restrict(unix.getPath());
      }
    } catch (IOException e) {
      close();
      String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new IOException("cannot serve the client API on " + bind + ": " + cause, e);
    }
  }

  /** The methods whose calls are reported to the observer, such as {@code synod.v1.Log/Propose}. */
  public static Set<String> methods() {
    return ApiServices.methods();
  }

  /** The health that the health service reports; it may be set before {@link #start}. */
  public Health health() {
    return services.health();
  }

  /** The TCP port in use; -1 on a Unix socket or before {@link #start}. */
  public int port() {
    return server == null ? -1 : server.getPort();
  }

  /** How many watches are open. */
  public int openWatches() {
    return services.openWatches();
  }

  /** How many messages were too large to be read. */
  public long oversizedMessages() {
    return oversized.count();
  }

  /** The size of the responses that clients have not read yet. */
  public long unreadBytes() {
    return services.unreadBytes();
  }

  /**
   * How long from now this session surely holds its lock, in nanoseconds; 0 if this sidecar does
   * not renew it, and so cannot know.
   */
  public long heldNanos(long session) {
    return services.heldNanos(session);
  }

  /** Refuses new calls and ends all streams with SHUTTING_DOWN; calls in flight continue. */
  public void drain() {
    services.drain();
  }

  /** Drains, waits up to five seconds for the calls in flight, and closes the address. */
  @Override
  public void close() {
    drain();
    if (server != null) {
      end(server);
    }
    services.close();
    if (loops != null) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
    if (server != null && bind instanceof UnixDomainSocketAddress unix) {
      SocketFile.remove(unix.getPath());
    }
  }

  private static void end(Server server) {
    server.shutdown();
    try {
      if (!server.awaitTermination(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private NettyServerBuilder tcpServer() {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            TCP_LOOPS, new DefaultThreadFactory("synod-api", true), handlers);
    loops = group;
    return NettyServerBuilder.forAddress(bind)
        .channelFactory(
            () -> accepting(epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel()))
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group);
  }

  private NettyServerBuilder unixServer(UnixDomainSocketAddress unix) throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException("Unix sockets need Linux with epoll, which is not available here");
    }
    SocketFile.clear(unix.getPath());
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(UNIX_LOOPS, EpollIoHandler.newFactory());
    loops = group;
    return NettyServerBuilder.forAddress(new DomainSocketAddress(unix.getPath().toFile()))
        .channelFactory(() -> accepting(new EpollServerDomainSocketChannel()))
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group);
  }

  private ServerChannel accepting(ServerChannel channel) {
    channel.pipeline().addFirst(acceptor);
    return channel;
  }
}
