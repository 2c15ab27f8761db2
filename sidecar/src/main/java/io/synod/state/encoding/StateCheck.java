package io.synod.state.encoding;

/**
 * Assertions of invariants of the replicated state. They are always enabled, as {@code Check} of
 * Paxos, which this package does not import. A node whose state violates one stops: its state
 * differs from that of the others, or all are wrong alike.
 */
public final class StateCheck {
  private StateCheck() {}

  /** Throws {@link IllegalStateException} with {@code message} unless {@code condition} holds. */
  public static void that(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }

  /** As {@link #that(boolean, String)}, with two numbers for the message. */
  public static void that(boolean condition, String message, long a, long b) {
    if (!condition) {
      throw new IllegalStateException(message + ": " + a + ", " + b);
    }
  }
}
