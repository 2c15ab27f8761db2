package io.synod.paxos;

/**
 * The times and bounds of one replica. Times are in monotonic nanoseconds, sizes in bytes.
 *
 * @param heartbeatNanos how often every node greets every other
 * @param electionTimeoutNanos how long a silence means absence
 * @param resendNanos how long an unanswered message waits before it is said again, at least
 * @param resendMaxNanos and at most, since each wait without an answer is twice the last
 * @param batchBytesMax the largest batch a leader makes, unless one command alone is larger
 * @param windowSlots how many slots a leader proposes beyond its chosen prefix
 * @param windowBytesMax how many bytes it has there before it waits
 * @param queueBytesMax how many bytes of commands wait for a slot before more are dropped
 * @param pageBytesMax the largest page of a promise or of learned entries
 * @param recentBytesMax how many bytes of chosen slots stay in memory
 * @param heartbeatsRemembered to how many heartbeats of its own it knows when they were sent; an
 *     answer to an older one counts for nothing
 */
public record Settings(
    long heartbeatNanos,
    long electionTimeoutNanos,
    long resendNanos,
    long resendMaxNanos,
    int batchBytesMax,
    int windowSlots,
    long windowBytesMax,
    long queueBytesMax,
    int pageBytesMax,
    long recentBytesMax,
    int heartbeatsRemembered) {

  /** What a sidecar remembers. */
  public static final int HEARTBEATS_REMEMBERED = 64;

  /** How many times the first wait for an answer the longest is, in a sidecar. */
  public static final int RESEND_FACTOR_MAX = 32;

  private static final long MILLIS = 1_000_000L;

  /** What a sidecar runs with unless told otherwise. */
  public static Settings defaults() {
    return new Settings(
        100 * MILLIS,
        1_000 * MILLIS,
        300 * MILLIS,
        RESEND_FACTOR_MAX * 300 * MILLIS,
        1 << 20,
        64,
        16L << 20,
        64L << 20,
        1 << 20,
        32L << 20,
        HEARTBEATS_REMEMBERED);
  }

  /** How much of a leader's queue its own node may fill, in bytes. */
  long ownQueueBytes() {
    return queueBytesMax / 2;
  }

  /** How much of it each of so many other nodes may fill, in bytes. */
  public long queueShareBytes(int others) {
    return (queueBytesMax - ownQueueBytes()) / Math.max(1, others);
  }
}
