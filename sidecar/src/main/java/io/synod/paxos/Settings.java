package io.synod.paxos;

/**
 * The time-outs and bounds of one replica. Times are in monotonic nanoseconds, sizes in bytes.
 *
 * @param heartbeatNanos the interval between two heartbeats to each peer
 * @param electionTimeoutNanos the silence after which a node counts as failed
 * @param resendNanos the minimum retransmission time-out
 * @param resendMaxNanos the maximum; each wait without an answer is twice the last
 * @param batchBytesMax the largest batch a leader makes, unless one command alone is larger
 * @param windowSlots how many slots a leader proposes beyond its chosen prefix
 * @param windowBytesMax the bytes of these slots at which it waits
 * @param queueBytesMax the bytes of commands that wait for a slot at which more are dropped
 * @param pageBytesMax the largest page of a promise or of learned entries
 * @param recentBytesMax how many bytes of chosen slots stay in memory
 * @param heartbeatHistory for how many of its heartbeats a node remembers when they were sent; an
 *     answer to an older one is ignored
 * @param membershipDistance how many slots after its own a membership governs; equal on all nodes.
 *     A leader proposes no slot further beyond its chosen prefix
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
    int heartbeatHistory,
    int membershipDistance) {

  /** The default of {@link #heartbeatHistory}. */
  public static final int HEARTBEAT_HISTORY = 64;

  /** The {@link #membershipDistance} of a sidecar. */
  public static final int MEMBERSHIP_DISTANCE = 256;

  /** The maximum retransmission time-out of a sidecar, as a multiple of the minimum. */
  public static final int RESEND_FACTOR_MAX = 32;

  private static final long MILLIS = 1_000_000L;

  /** The default settings of a sidecar. */
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
        HEARTBEAT_HISTORY,
        MEMBERSHIP_DISTANCE);
  }

  /** The part of a leader's queue that its own node may fill, in bytes. */
  long ownQueueBytes() {
    return queueBytesMax / 2;
  }

  /** The part of a leader's queue that each of {@code others} other nodes may fill, in bytes. */
  public long queueShareBytes(int others) {
    return (queueBytesMax - ownQueueBytes()) / Math.max(1, others);
  }
}
