package io.synod.paxos;

/**
 * The times and bounds of one replica. Times are in monotonic nanoseconds, sizes in bytes.
 *
 * @param heartbeatNanos how often every node greets every other
 * @param electionTimeoutNanos how long a silence means absence
 * @param resendNanos how long an unanswered message waits before it is said again
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
    int batchBytesMax,
    int windowSlots,
    long windowBytesMax,
    long queueBytesMax,
    int pageBytesMax,
    long recentBytesMax,
    int heartbeatsRemembered) {

  /** What a sidecar remembers. */
  public static final int HEARTBEATS_REMEMBERED = 64;

  private static final long MILLIS = 1_000_000L;

  /** What a sidecar runs with unless told otherwise. */
  public static Settings defaults() {
    return new Settings(
        100 * MILLIS,
        1_000 * MILLIS,
        300 * MILLIS,
        1 << 20,
        64,
        16L << 20,
        64L << 20,
        1 << 20,
        32L << 20,
        HEARTBEATS_REMEMBERED);
  }
}
