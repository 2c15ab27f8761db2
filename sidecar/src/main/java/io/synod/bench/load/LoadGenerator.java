package io.synod.bench.load;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.stub.ClientCalls;
import io.synod.cli.shared.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Asks one subject through a few connections. Everything a caller does happens on the connection's
 * own event loop, so that few threads can make much load beside the servers under test. The same
 * for every subject.
 */
public final class LoadGenerator implements AutoCloseable {
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int FILLING = 256;
  private static final Duration FILL_PATIENCE = Duration.ofMinutes(30);

  private final BenchTarget subject;
  private final CpuMeter cpuMeter;
  private final EventLoopGroup loops;
  private final List<ManagedChannel> channels = new ArrayList<>();

  public LoadGenerator(
      BenchTarget subject, List<Endpoint> endpoints, int connections, int threads) {
    this(subject, endpoints, connections, threads, CpuMeter.ofNone());
  }

  /** As above, where the processor time of the servers can be measured. */
  public LoadGenerator(
      BenchTarget subject,
      List<Endpoint> endpoints,
      int connections,
      int threads,
      CpuMeter cpuMeter) {
    this.subject = subject;
    this.cpuMeter = cpuMeter;
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    loops = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("bench", true), io);
    Class<? extends Channel> type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    for (int i = 0; i < connections; i++) {
      for (Endpoint endpoint : endpoints) {
        channels.add(channel(endpoint, type));
      }
    }
  }

  private ManagedChannel channel(Endpoint endpoint, Class<? extends Channel> type) {
    ManagedChannelBuilder<?> builder = endpoint.channel().directExecutor();
    // A unix socket brings its own kind of channel, and gRPC's shared loops.
    if (builder instanceof NettyChannelBuilder netty && !endpoint.target().startsWith("unix:")) {
      netty.eventLoopGroup(loops).channelType(type);
    }
    return builder.build();
  }

  /** Makes one call over each connection; throws gRPC's error if one fails. */
  public void probe(BenchOperation operation, Duration timeout) {
    byte[] request =
        subject.clientProtocol().request(new LoopWork(operation, 1, 0), 0, new byte[1]);
    for (ManagedChannel channel : channels) {
      CallOptions options =
          CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
      byte[] unused =
          ClientCalls.blockingUnaryCall(channel, subject.method(operation), options, request);
    }
  }

  /** Writes every key once, so that reads find them; the errors of it are none, or it is not so. */
  public Measurement fill(ClosedLoop closedLoop, ProgressLine progressLine)
      throws InterruptedException {
    LoopWork work = new LoopWork(BenchOperation.PUT, closedLoop.work().keys(), 0);
    int callers = (int) Math.min(FILLING, work.keys());
    ClosedLoop filling =
        new ClosedLoop(
            work, callers, closedLoop.size(), Duration.ZERO, FILL_PATIENCE, closedLoop.timeout());
    return run(LoopRun.filling(subject, filling, loops), progressLine);
  }

  /** Runs one loop to its end. Callers go round the connections, and so do watchers. */
  public Measurement run(ClosedLoop closedLoop, ProgressLine progressLine)
      throws InterruptedException {
    if (closedLoop.work().operation() != BenchOperation.WATCH) {
      return run(new LoopRun(subject, closedLoop, loops), progressLine);
    }
    LoopRun run = new LoopRun(subject, closedLoop, loops);
    int count = closedLoop.work().watchers();
    CountDownLatch began = new CountDownLatch(count);
    List<WriteWatcher> watchers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      watchers.add(new WriteWatcher(run, channels.get(i % channels.size()), began));
    }
    try {
      watchers.forEach(WriteWatcher::begin);
      boolean unused = began.await(closedLoop.timeout().toNanos(), TimeUnit.NANOSECONDS);
      return run(run, progressLine);
    } finally {
      watchers.forEach(WriteWatcher::end);
    }
  }

  private Measurement run(LoopRun run, ProgressLine progressLine) throws InterruptedException {
    ClosedLoop closedLoop = run.closedLoop();
    List<LoopCaller> callers = new ArrayList<>(closedLoop.inFlight());
    for (int i = 0; i < closedLoop.inFlight(); i++) {
      callers.add(new LoopCaller(run, channels.get(i % channels.size())));
    }
    run.begin();
    callers.forEach(LoopCaller::begin);
    await(run, closedLoop.warmup(), progressLine);
    CpuTime before = cpuMeter.read();
    await(run, closedLoop.warmup().plus(closedLoop.duration()), progressLine);
    CpuTime used = cpuMeter.read().minus(before);
    while (!run.awaitEnd(PROGRESS_NANOS)) {
      progressLine.tick(run);
    }
    progressLine.end();
    return run.measurement(used);
  }

  /** Returns when the run has gone on for so long, or is over. */
  private static void await(LoopRun run, Duration elapsed, ProgressLine progressLine)
      throws InterruptedException {
    boolean over = false;
    for (long left = run.nanosUntil(elapsed); !over && left > 0; left = run.nanosUntil(elapsed)) {
      over = run.awaitEnd(Math.min(left, PROGRESS_NANOS));
      progressLine.tick(run);
    }
  }

  /** Ends the connections; their loops end behind them, on daemon threads. */
  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    Future<?> unused = loops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
  }
}
