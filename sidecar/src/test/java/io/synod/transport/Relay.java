package io.synod.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy between two nodes on loopback, which can drop traffic without closing connections. */
final class Relay implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final List<Pair> pairs = new CopyOnWriteArrayList<>();

  Relay(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Drops the traffic of the current connections from now on. */
  void swallow() {
    pairs.forEach(pair -> pair.swallowing = true);
  }

  /** Closes the current connections, and accepts new ones. */
  void disconnect() throws IOException {
    for (Pair pair : pairs) {
      pair.close();
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = listening.accept();
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      Pair pair = new Pair(near, far);
      pairs.add(pair);
      run(() -> pair.pump(near, far));
      run(() -> pair.pump(far, near));
    }
  }

  private static void run(RelayTask task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException closed) {
                // This is how a connection, and at last the relay, ends.
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private interface RelayTask {
    void run() throws IOException;
  }

  private static final class Pair {
    private final Socket near;
    private final Socket far;
    private volatile boolean swallowing;

    Pair(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    void pump(Socket from, Socket to) throws IOException {
      byte[] buffer = new byte[1 << 16];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!swallowing) {
            out.write(buffer, 0, n);
          }
        }
      } finally {
        if (!swallowing) {
          close();
        }
      }
    }

    void close() throws IOException {
      near.close();
      far.close();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Pair pair : pairs) {
      pair.close();
    }
  }
}
