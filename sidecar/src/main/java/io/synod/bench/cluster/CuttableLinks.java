package io.synod.bench.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The connections between the members of a cluster, which pass a proxy before each member's peer
 * port. Each direction between two members can be cut: then what is sent stays in the proxy until
 * it is restored, and no connection is closed or reset. A connection counts as that of the member
 * that opened it.
 */
public final class CuttableLinks implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int LOOKUPS_MAX = 100;
  private static final long LOOKUP_MILLIS = 20;

  private final List<ServerSocket> listening = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Supplier<List<ProcessHandle>> members;
  // By sender and receiver.
  private final boolean[][] cut;
  private boolean closed;

  /** A direction of a connection: who sends and who receives. */
  private record Direction(int from, int to) {}

  /**
   * Listens before these ports on loopback.
   *
   * @param members the processes of the members, in the order of the ports
   */
  CuttableLinks(List<Integer> peerPorts, Supplier<List<ProcessHandle>> members) throws IOException {
    SocketOwners.require();
    this.members = members;
    this.cut = new boolean[peerPorts.size()][peerPorts.size()];
    for (int i = 0; i < peerPorts.size(); i++) {
      int member = i;
      ServerSocket proxy = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
      listening.add(proxy);
      run(() -> accept(proxy, member, peerPorts.get(member)));
    }
  }

  /** The port of each proxy, in order. */
  List<Integer> ports() {
    return listening.stream().map(ServerSocket::getLocalPort).toList();
  }

  /** Cuts the links from all others to a member. */
  public synchronized void cutTo(int member) {
    for (boolean[] from : cut) {
      from[member] = true;
    }
  }

  /** Cuts the links from a member to all others. */
  public synchronized void cutFrom(int member) {
    for (int to = 0; to < cut.length; to++) {
      cut[member][to] = true;
    }
  }

  /** Restores all links; what was held is delivered. */
  public synchronized void restore() {
    for (boolean[] from : cut) {
      Arrays.fill(from, false);
    }
    notifyAll();
  }

  private synchronized void awaitUncut(Direction direction) throws InterruptedException {
    while (cut[direction.from()][direction.to()] && !closed) {
      wait();
    }
  }

  private void accept(ServerSocket proxy, int member, int peerPort) throws IOException {
    while (true) {
      Socket caller = proxy.accept();
      sockets.add(caller);
      run(() -> connect(caller, member, peerPort));
    }
  }

  private void connect(Socket caller, int to, int peerPort)
      throws IOException, InterruptedException {
    int from = owner(caller);
    if (from < 0) {
      close(caller);
      return;
    }
    Direction there = new Direction(from, to);
    Direction back = new Direction(to, from);
    awaitUncut(there);
    awaitUncut(back);
    Socket called;
    try {
      called = new Socket(InetAddress.getLoopbackAddress(), peerPort);
    } catch (IOException refused) {
      close(caller);
      return;
    }
    sockets.add(called);
    caller.setTcpNoDelay(true);
    called.setTcpNoDelay(true);
    run(() -> pump(caller, called, there));
    run(() -> pump(called, caller, back));
  }

  /** The member that opened a connection; -1 if no member did. */
  private int owner(Socket caller) throws IOException, InterruptedException {
    int found = -1;
    // A member may connect before its process is in the list.
    for (int i = 0; found < 0 && i < LOOKUPS_MAX; i++) {
      if (i > 0) {
        Thread.sleep(LOOKUP_MILLIS);
      }
      found = SocketOwners.find(members.get(), caller.getPort(), caller.getLocalPort());
    }
    return found;
  }

  private void pump(Socket from, Socket to, Direction direction) throws InterruptedException {
    byte[] buffer = new byte[CHUNK_BYTES];
    while (true) {
      int count = read(from, buffer);
      // The end of a connection waits as its bytes do.
      awaitUncut(direction);
      if (count < 0) {
        close(from);
        close(to);
        return;
      }
      try {
        to.getOutputStream().write(buffer, 0, count);
      } catch (IOException ended) {
        // The pump of the other direction closes both sockets.
        return;
      }
    }
  }

  private static int read(Socket from, byte[] buffer) {
    try {
      InputStream in = from.getInputStream();
      return in.read(buffer);
    } catch (IOException ended) {
      return -1;
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException gone) {
      // Nothing of it is left to close.
    }
  }

  private interface LinkTask {
    void run() throws IOException, InterruptedException;
  }

  private static void run(LinkTask task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException closed) {
                // The proxy was closed.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "bench-link");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    for (ServerSocket proxy : listening) {
      try {
        proxy.close();
      } catch (IOException gone) {
        // Nothing of it is left to close.
      }
    }
    sockets.forEach(this::close);
  }
}
