package io.synod.transport;

/** Where a peer listens: a name or a literal address, and a port. */
public record PeerAddress(String host, int port) {
  /** Checks the parts. Port 0 stands for any free port, and is valid for binding only. */
  public PeerAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("a peer address has no host");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "port " + port + " of " + host + " is not between 0 and 65535");
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
