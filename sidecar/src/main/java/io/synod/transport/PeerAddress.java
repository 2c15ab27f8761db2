package io.synod.transport;

/** Where a peer listens: a name or a literal address, and a port. */
public record PeerAddress(String host, int port) {
  /** Port 0 asks for any free one, which only makes sense to bind to. */
  public PeerAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("a peer address has no host");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " of " + host + " is not a port");
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
