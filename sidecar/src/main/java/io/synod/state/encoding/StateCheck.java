package io.synod.state.encoding;

/**
 * States what must hold in the replicated state; always on, as {@code Check} of Paxos is, which
 * this package does not see. A node whose state breaks it stops: it differs from the others, or all
 * are wrong alike.
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
