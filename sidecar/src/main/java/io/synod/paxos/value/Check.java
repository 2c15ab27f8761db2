package io.synod.paxos.value;

/** Assertions of invariants. They are always enabled: the protocol's safety depends on them. */
public final class Check {
  private Check() {}

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
