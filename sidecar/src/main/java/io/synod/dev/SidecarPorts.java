package io.synod.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * The ports of one sidecar on this machine.
 *
 * @param api the port for applications
 * @param peer the port for its peers
 * @param http the port for metrics, health and status
 */
record SidecarPorts(int api, int peer, int http) {
  private static final int STEP = 10;

  /**
   * The ports of each node: those from {@code first} on, or any free ones instead of ports in use.
   */
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

  /** Binds a port and keeps it bound until all are found, so that none is found twice. */
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
