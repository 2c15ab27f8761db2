package io.synod.main;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.synod.runtime.port.RateLimitedLog;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/**
 * A handler on a server's socket that limits open connections: a further one is closed at once,
 * before it costs anything. Any thread may call the other methods.
 */
@Sharable
final class AcceptLimit extends ChannelInboundHandlerAdapter {
  private static final long RECENT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String port;
  private final int max;
  private final RateLimitedLog log = new RateLimitedLog(LoggerFactory.getLogger(AcceptLimit.class));
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private volatile long refusedNanos = System.nanoTime() - RECENT_NANOS;

  /** A limit for the port with this name. */
  AcceptLimit(String port, int max) {
    this.port = port;
    this.max = max;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof Channel connection) {
      if (open.incrementAndGet() > max) {
        open.decrementAndGet();
        refuse(connection);
        return;
      }
      Object unused = connection.closeFuture().addListener(closed -> open.decrementAndGet());
    }
    context.fireChannelRead(message);
  }

  private void refuse(Channel connection) {
    refused.increment();
    refusedNanos = System.nanoTime();
    log.warn("the {} port refused a connection: " + max + " are open, which is its limit", port);
    connection.unsafe().closeForcibly();
  }

  /** How many connections are open. */
  int open() {
    return open.get();
  }

  /** How many connections were refused. */
  long refused() {
    return refused.sum();
  }

  /** Whether a connection was refused within the last minute, or the next one would be. */
  boolean isReached() {
    return open.get() >= max || System.nanoTime() - refusedNanos < RECENT_NANOS;
  }
}
