package io.synod.main;

import io.synod.config.Address;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Opens something on an address. What cannot be opened is told on one line: by the keys that would
 * mend it, the host and the port.
 */
@FunctionalInterface
interface AddressBinding<T> {

  /** Opens it there. */
  T on(InetSocketAddress address) throws IOException;

  /**
   * Opens it on the address that {@code room.address} and {@code room.port} give.
   *
   * @throws IOException if the address cannot be had
   */
  static <T> T at(String room, Address address, AddressBinding<T> addressBinding)
      throws IOException {
    InetSocketAddress bind = Wiring.bind(address);
    try {
      if (bind.isUnresolved()) {
        throw new IOException("the name is not known");
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
    // Netty puts the system call and its number before what people know.
    return String.valueOf(root.getMessage()).replaceFirst("bind\\(.*\\) .*\\(-\\d+\\): ", "");
  }
}
