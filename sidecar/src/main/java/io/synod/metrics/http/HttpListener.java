package io.synod.metrics.http;

import io.synod.runtime.port.RateLimitedLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server with a bounded number of connections on one thread, which never waits for a
 * client: an idle connection costs its descriptor and nothing else. When there are too many
 * connections, the longest idle one is closed for a new one, so that a health check is always
 * served.
 */
final class HttpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
  private static final int BACKLOG = 128;
  private static final long POLL_MILLIS = 250;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final HttpLimits limits;
  private final Predicate<HttpRequest> quick;
  private final Function<HttpRequest, HttpAnswer> answer;
  private final Executor slow;
  private final Set<HttpConnection> connections = new HashSet<>();
  private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private final LongAdder evicted = new LongAdder();
  private final Thread thread = new Thread(this::run, "synod-http");
  private final SelectionKey accepting;
  private final RateLimitedLog warnings = new RateLimitedLog(LOG);
  private volatile boolean closed;

  /** How requests are answered. */
  record Service(
      Predicate<HttpRequest> quick, Function<HttpRequest, HttpAnswer> answer, Executor slow) {}

  /**
   * Binds the address; {@link #start} starts serving.
   *
   * @param service the quick requests are answered on the listener's thread, others elsewhere
   */
  HttpListener(InetSocketAddress address, HttpLimits limits, Service service) throws IOException {
    this.limits = limits;
    this.quick = service.quick;
    this.answer = service.answer;
    this.slow = service.slow;
    selector = Selector.open();
    server = ServerSocketChannel.open();
    try {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(address, BACKLOG);
      server.configureBlocking(false);
      accepting = server.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) server.getLocalAddress();
  }

  /** How many connections were closed or refused because there were too many. */
  long evicted() {
    return evicted.sum();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(POLL_MILLIS);
        long now = System.nanoTime();
        serveReady(now);
        for (Runnable next = answers.poll(); next != null; next = answers.poll()) {
          next.run();
        }
        endLate(now);
        accepting.interestOps(SelectionKey.OP_ACCEPT);
      }
    } catch (IOException e) {
      LOG.error("the HTTP port failed and serves no more: {}", e.getMessage());
    } finally {
      connections.forEach(HttpConnection::close);
      closeQuietly(server);
      closeQuietly(selector);
    }
  }

  private void serveReady(long now) throws IOException {
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      if (key.attachment() instanceof HttpConnection connection) {
        serve(connection, () -> connection.ready(now));
      } else if (key.isValid() && key.isAcceptable()) {
        accept(now);
      }
    }
  }

  private void accept(long now) throws IOException {
    SocketChannel channel;
    try {
      channel = server.accept();
    } catch (IOException e) {
      // No descriptor is left: closing an idle connection frees one, and the client still waits in
      // the backlog.
      if (!evict(now)) {
        warnings.warn("the HTTP port cannot accept a connection: {}", e.getMessage());
        accepting.interestOps(0);
      }
      return;
    }
    if (channel == null) {
      return;
    }
    if (connections.size() >= limits.connectionsMax() && !evict(now)) {
      evicted.increment();
      closeQuietly(channel);
      return;
    }
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    HttpConnection connection = new HttpConnection(channel, key, this::take, limits);
    key.attach(connection);
    connections.add(connection);
  }

  private boolean evict(long now) {
    HttpConnection idlest = null;
    for (HttpConnection each : connections) {
      long waits = each.waitsSinceNanos();
      if (waits != Long.MAX_VALUE && (idlest == null || waits - idlest.waitsSinceNanos() < 0)) {
        idlest = each;
      }
    }
    if (idlest == null) {
      return false;
    }
    LOG.debug(
        "closed a connection idle for {} ns to accept another", now - idlest.waitsSinceNanos());
    evicted.increment();
    idlest.close();
    connections.remove(idlest);
    return true;
  }

  private void take(HttpConnection connection, HttpRequest request) {
    if (quick.test(request)) {
      ByteBuffer bytes = bytes(connection, request);
      serve(connection, () -> connection.answered(bytes));
      return;
    }
    try {
      slow.execute(
          () -> {
            ByteBuffer bytes = bytes(connection, request);
            answers.add(() -> serve(connection, () -> connection.answered(bytes)));
            selector.wakeup();
          });
    } catch (RejectedExecutionException closing) {
      connection.close();
    }
  }

  private ByteBuffer bytes(HttpConnection connection, HttpRequest request) {
    HttpAnswer response;
    try {
      response = answer.apply(request);
    } catch (RuntimeException e) {
      LOG.error("cannot answer {}: {}", request.path(), e.getMessage());
      LOG.debug("the stack of that", e);
      response = HttpAnswer.text(500, "internal error");
    }
    return response.bytes(request, connection.keepsAlive());
  }

  private interface ConnectionStep {
    void run() throws IOException;
  }

  private void serve(HttpConnection connection, ConnectionStep step) {
    try {
      if (connection.isOpen()) {
        step.run();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("a client of the HTTP port disconnected: {}", e.getMessage());
      connection.close();
    }
    if (!connection.isOpen()) {
      connections.remove(connection);
    }
  }

  private void endLate(long now) {
    for (Iterator<HttpConnection> each = connections.iterator(); each.hasNext(); ) {
      HttpConnection connection = each.next();
      if (connection.isOver(now)) {
        connection.close();
      }
      if (!connection.isOpen()) {
        each.remove();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    if (thread.isAlive()) {
      selector.wakeup();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } else {
      closeQuietly(server);
      closeQuietly(selector);
    }
  }

  private static void closeQuietly(AutoCloseable what) {
    try {
      what.close();
    } catch (Exception e) {
      LOG.debug("closing: {}", e.getMessage());
    }
  }
}
