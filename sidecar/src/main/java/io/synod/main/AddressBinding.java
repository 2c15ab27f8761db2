package io.synod.main;

import io.synod.config.Address;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Opens a server on an address. A failure is reported on one line, with the configuration keys, the
 * host and the port.
 */
@FunctionalInterface
interface AddressBinding<T> {

  /** Opens the server on this address. */
  T on(InetSocketAddress address) throws IOException;

  /**
   * Opens the server on the address of {@code room.address} and {@code room.port}.
   *
   * @throws IOException if the address cannot be bound
   */
  static <T> T at(String room, Address address, AddressBinding<T> addressBinding)
      throws IOException {
    InetSocketAddress bind = Wiring.bind(address);
    try {
      if (bind.isUnresolved()) {
        throw new IOException("the host name cannot be resolved");
      }
      return addressBinding.on(bind);
    } catch (IOException e) {
      String keys = room + ".address and " + room + ".port";
      throw new IOException(keys + ": cannot listen on " + address + ": " + reason(e), e);
    }
  }

  private static String reason(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    // Removes the system call and its number, which Netty puts before the reason.
    return String.valueOf(root.getMessage()).replaceFirst("bind\\(.*\\) .*\\(-\\d+\\): ", "");
  }
}
