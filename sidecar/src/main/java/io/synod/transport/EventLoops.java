package io.synod.transport;

import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.Errors;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.synod.net.HostResolver;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The event loops that all connections between peers share, and the setup of channels and servers.
 */
final class EventLoops {
  private static final int THREADS = 3;
  private static final int CONNECT_MILLIS = 1_000;
  private static final int STREAMS_PER_CONNECTION = 4;

  /**
   * How long a connection may be silent before it is pinged; gRPC raises it to 10 s for a client.
   * With epoll, unacknowledged data ends a connection after {@link #PROBE_SECONDS} anyway, and
   * heartbeats ensure that there is some.
   */
  private static final long SILENT_SECONDS = 5;

  private static final long PROBE_SECONDS = 2;

  private static final long STRANGER_SECONDS = 10;

  private final EventLoopGroup group;
  private final Class<? extends Channel> clientType;
  private final ChannelFactory<ServerChannel> serverChannels;
  private final ChannelHandler acceptor;

  /** Inbound connections pass {@code acceptor} first. */
  EventLoops(ChannelHandler acceptor) {
    this.acceptor = acceptor;
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group =
        new MultiThreadIoEventLoopGroup(
            THREADS, new DefaultThreadFactory("synod-peers", true), handlers);
    this.clientType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    this.serverChannels =
        () -> accepting(epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel());
  }

  private ServerChannel accepting(ServerChannel channel) {
    channel.pipeline().addFirst(acceptor);
    return channel;
  }

  /**
   * A channel to {@code address}, which connects when first needed and again whenever it breaks.
   */
  ManagedChannel channel(PeerAddress address) {
    return NettyChannelBuilder.forTarget(HostResolver.target(address.host(), address.port()))
        .eventLoopGroup(group)
        .channelType(clientType)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .usePlaintext()
        .directExecutor()
        .disableRetry()
        .disableServiceConfigLookUp()
        .keepAliveTime(SILENT_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PROBE_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /**
   * Connects to {@code address} and closes the connection again.
   *
   * @param connected called with the result, on an event loop
   */
  void connectOnce(SocketAddress address, Consumer<ConnectResult> connected) {
    var unused =
        new Bootstrap()
            .group(group)
            .channel(clientType)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address)
            .addListener(
                (ChannelFuture attempt) -> {
                  if (attempt.isSuccess()) {
                    var unusedClose = attempt.channel().close();
                  }
                  connected.accept(result(attempt));
                });
  }

  private static ConnectResult result(ChannelFuture attempt) {
    if (attempt.isSuccess()) {
      return ConnectResult.ACCEPTED;
    }
    Throwable cause = attempt.cause();
    String text = cause instanceof ConnectException ? String.valueOf(cause.getMessage()) : "";
    // The number is in the text of epoll, and the words in that of the JDK; other errors have the
    // same type.
    boolean refused =
        text.contains("(" + Errors.ERROR_ECONNREFUSED_NEGATIVE + ")")
            || text.contains("Connection refused");
    return refused ? ConnectResult.REFUSED : ConnectResult.UNANSWERED;
  }

  /** A server that accepts uncompressed frames of up to {@code frameBytesMax} bytes. */
  Server server(InetSocketAddress bind, ServerServiceDefinition service, int frameBytesMax) {
    return NettyServerBuilder.forAddress(bind)
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .channelFactory(serverChannels)
        .directExecutor()
        .addService(service)
        .maxInboundMessageSize(frameBytesMax)
        .maxConcurrentCallsPerConnection(STREAMS_PER_CONNECTION)
        .compressorRegistry(CompressorRegistry.newEmptyInstance())
        .decompressorRegistry(DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
        .keepAliveTime(SILENT_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PROBE_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        // A peer opens its stream at once and keeps it, so a connection without a stream is not a
        // peer's.
        .handshakeTimeout(STRANGER_SECONDS, TimeUnit.SECONDS)
        .maxConnectionIdle(STRANGER_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /** Ends the threads; returns false if their connections do not end in time. */
  boolean close() {
    return group
        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
