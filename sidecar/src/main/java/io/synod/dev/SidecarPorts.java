package io.synod.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one sidecar listens on this machine.
 *
 * @param api for applications
 * @param peer for its peers
 * @param http for metrics, health and status
 */
record SidecarPorts(int api, int peer, int http) {
  private static final int STEP = 10;

  /** For each node the ports that people know, {@code first} and on, or any that are free. */
  static List<SidecarPorts> choose(int nodes, int first) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      List<SidecarPorts> ports = new ArrayList<>();
      for (int node = 0; node < nodes; node++) {
        int base = first + node * STEP;
        ports.add(new SidecarPorts(hold(base, held), hold(base + 1, held), hold(base + 2, held)));
      }
      return ports;
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  /** Held until all are found, so that none is found twice. */
  private static int hold(int wanted, List<ServerSocket> held) throws IOException {
    InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    ServerSocket socket;
    try {
      socket = new ServerSocket(wanted, 1, here);
    } catch (IOException taken) {
      socket = new ServerSocket(0, 1, here);
    }
    held.add(socket);
    return socket.getLocalPort();
  }
}
