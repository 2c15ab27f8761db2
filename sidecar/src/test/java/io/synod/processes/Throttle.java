package io.synod.processes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A proxy that limits the bandwidth between two processes on loopback, for all connections through
 * it together, in each direction. It can be cut and restored.
 */
final class Throttle implements AutoCloseable {
  private static final int CHUNK_BYTES = 8 << 10;
  private static final int SOCKET_BYTES = 64 << 10;
  private static final long SECOND_NANOS = 1_000_000_000L;
  // The most that a late thread may catch up, so that a busy machine does not reduce the bandwidth.
  private static final long LATE_NANOS_MAX = 20_000_000L;

  private final ServerSocket listening;
  private final int target;
  private final Way there;
  private final Way back;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  /** One direction, which transfers one chunk at a time. */
  private static final class Way {
    private final long bytesPerSecond;
    private final AtomicLong transferred = new AtomicLong();
    private long freeAtNanos = System.nanoTime();

    private Way(long bytesPerSecond) {
      this.bytesPerSecond = bytesPerSecond;
    }

    private void transfer(int bytes) {
      transferred.addAndGet(bytes);
      long until;
      synchronized (this) {
        freeAtNanos = Math.max(freeAtNanos, System.nanoTime() - LATE_NANOS_MAX);
        freeAtNanos += bytes * SECOND_NANOS / bytesPerSecond;
        until = freeAtNanos;
      }
      for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }

  Throttle(int target, long bytesPerSecond) throws IOException {
    this.target = target;
    this.there = new Way(bytesPerSecond);
    this.back = new Way(bytesPerSecond);
    this.listening = new ServerSocket();
    listening.setReceiveBufferSize(SOCKET_BYTES);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    run(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** How many bytes it has transferred to its target. */
  long transferred() {
    return there.transferred.get();
  }

  /** Closes all connections, and refuses new ones until it is restored. */
  void cut(boolean now) throws IOException {
    cut = now;
    if (now) {
      hangUp();
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = listening.accept();
      if (cut) {
        near.close();
        continue;
      }
      Socket far = new Socket();
      sockets.add(near);
      sockets.add(far);
      try {
        far.setReceiveBufferSize(SOCKET_BYTES);
        near.setSendBufferSize(SOCKET_BYTES);
        far.setSendBufferSize(SOCKET_BYTES);
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      } catch (IOException unreachable) {
        near.close();
        continue;
      }
      run(() -> pump(near, far, there));
      run(() -> pump(far, near, back));
    }
  }

  private static void pump(Socket from, Socket to, Way way) throws IOException {
    byte[] buffer = new byte[CHUNK_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        way.transfer(n);
        out.write(buffer, 0, n);
      }
    }
  }

  private interface ThrottleTask {
    void run() throws IOException;
  }

  private static void run(ThrottleTask task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException closed) {
                // A connection, or the proxy itself, was closed.
              }
            },
            "link");
    thread.setDaemon(true);
    thread.start();
  }

  private void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    hangUp();
  }
}
