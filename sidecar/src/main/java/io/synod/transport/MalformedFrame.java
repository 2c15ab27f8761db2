package io.synod.transport;

/**
 * Bytes from a peer that are not a message of this cluster. The exception's message says what is
 * wrong and holds no payload. There is no stack trace, so that many of them stay cheap.
 */
public final class MalformedFrame extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean foreign;

  private MalformedFrame(String message, boolean foreign) {
    super(message, null, false, false);
    this.foreign = foreign;
  }

  MalformedFrame(String message) {
    this(message, false);
  }

  static MalformedFrame ofAnotherCluster() {
    return new MalformedFrame("the frame is of another cluster", true);
  }

  /** Whether the frame is well-formed as far as it was read, but of another cluster. */
  public boolean foreign() {
    return foreign;
  }
}
