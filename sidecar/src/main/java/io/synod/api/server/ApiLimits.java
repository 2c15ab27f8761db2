package io.synod.api.server;

import java.time.Duration;

/**
 * The limits of the client API.
 *
 * @param commandBytesMax the size of the largest command
 * @param watchesMax how many watches may be open at once
 * @param holdsMax how many locks may be held or waited for at once
 * @param tracesMax how many trace streams may be open at once
 * @param readsMax how many reads may wait for the disk at once
 * @param callsPerConnectionMax how many calls one connection may have open at once
 * @param unreadBytesMax the size of unread responses above which calls are refused
 * @param consumerLapseMillis how long the log is kept for a consumer's copy that does not
 *     acknowledge, in log time
 * @param stateBytesMax the size of the replicated state at which requests that add to it are
 *     refused
 * @param diskBytesMax the size of the journal at which requests that add to it are refused
 * @param initialStatePatience how long a reader may receive nothing of an initial state that is
 *     kept for it alone
 */
public record ApiLimits(
    int commandBytesMax,
    int watchesMax,
    int holdsMax,
    int tracesMax,
    int readsMax,
    int callsPerConnectionMax,
    long unreadBytesMax,
    long consumerLapseMillis,
    long stateBytesMax,
    long diskBytesMax,
    Duration initialStatePatience) {

  /** Added to the largest command, so that a slightly larger one gets its typed error. */
  private static final int SLACK_BYTES = 1 << 20;

  private static final int HOLDS = 1_024;
  private static final long UNREAD_BYTES = 64L << 20;
  private static final long LAPSE_MILLIS = 3_600_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Refuses limits below 1. */
  public ApiLimits {
    positive("commandBytesMax", commandBytesMax);
    positive("watchesMax", watchesMax);
    positive("holdsMax", holdsMax);
    positive("tracesMax", tracesMax);
    positive("readsMax", readsMax);
    positive("callsPerConnectionMax", callsPerConnectionMax);
  }

  /** With 1,024 holds, 64 MiB of unread answers, a lapse of an hour, and without quotas. */
  public ApiLimits(
      int commandBytesMax, int watchesMax, int tracesMax, int readsMax, int callsPerConnectionMax) {
    this(
        commandBytesMax,
        watchesMax,
        HOLDS,
        tracesMax,
        readsMax,
        callsPerConnectionMax,
        UNREAD_BYTES,
        LAPSE_MILLIS,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        PATIENCE);
  }

  /** The same with this limit of holds. */
  public ApiLimits withHoldsMax(int holds) {
    return new ApiLimits(
        commandBytesMax,
        watchesMax,
        holds,
        tracesMax,
        readsMax,
        callsPerConnectionMax,
        unreadBytesMax,
        consumerLapseMillis,
        stateBytesMax,
        diskBytesMax,
        initialStatePatience);
  }

  /** The same with this limit of unread responses. */
  public ApiLimits withUnreadBytesMax(long bytes) {
    return new ApiLimits(
        commandBytesMax,
        watchesMax,
        holdsMax,
        tracesMax,
        readsMax,
        callsPerConnectionMax,
        bytes,
        consumerLapseMillis,
        stateBytesMax,
        diskBytesMax,
        initialStatePatience);
  }

  /** The same with this lapse. */
  public ApiLimits withConsumerLapseMillis(long lapseMillis) {
    return new ApiLimits(
        commandBytesMax,
        watchesMax,
        holdsMax,
        tracesMax,
        readsMax,
        callsPerConnectionMax,
        unreadBytesMax,
        lapseMillis,
        stateBytesMax,
        diskBytesMax,
        initialStatePatience);
  }

  /** The same with these quotas. */
  public ApiLimits withQuotas(long maxStateBytes, long maxDiskBytes) {
    return new ApiLimits(
        commandBytesMax,
        watchesMax,
        holdsMax,
        tracesMax,
        readsMax,
        callsPerConnectionMax,
        unreadBytesMax,
        consumerLapseMillis,
        maxStateBytes,
        maxDiskBytes,
        initialStatePatience);
  }

  /** The same with this patience. */
  public ApiLimits withInitialStatePatience(Duration patience) {
    return new ApiLimits(
        commandBytesMax,
        watchesMax,
        holdsMax,
        tracesMax,
        readsMax,
        callsPerConnectionMax,
        unreadBytesMax,
        consumerLapseMillis,
        stateBytesMax,
        diskBytesMax,
        patience);
  }

  /** The defaults of a sidecar. */
  public static ApiLimits defaults() {
    return new ApiLimits(1 << 20, 1024, 16, 1024, 10_000);
  }

  /** The size of the largest message that is read. */
  int messageBytesMax() {
    return (int) Math.min(Integer.MAX_VALUE, (long) commandBytesMax + SLACK_BYTES);
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }
}
