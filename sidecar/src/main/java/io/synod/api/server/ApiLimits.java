package io.synod.api.server;

import java.time.Duration;

/**
 * How much one client may ask for.
 *
 * @param commandBytesMax the largest command
 * @param watchesMax how many watches may be open at once
 * @param holdsMax how many locks may be held or waited for at once
 * @param tracesMax how many trace streams may be open at once
 * @param readsMax how many reads may wait for the disk at once
 * @param callsPerConnectionMax how many calls one connection may have open at once
 * @param unreadBytesMax from so many bytes of answers on that callers have not taken, calls are
 *     refused
 * @param consumerLapseMillis after such a silence, in log time, the log is not held for a
 *     consumer's copy
 * @param stateBytesMax from so many bytes of replicated state on nothing is added to it
 * @param diskBytesMax from so many bytes on this disk on nothing is added
 * @param initialStatePatience how long a watcher may take nothing of an initial state that is kept
 *     for it alone
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

  /** Above the largest command, so that one a little too large gets its typed error. */
  private static final int SLACK_BYTES = 1 << 20;

  private static final int HOLDS = 1_024;
  private static final long UNREAD_BYTES = 64L << 20;
  private static final long LAPSE_MILLIS = 3_600_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Refuses what no server can run with. */
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

  /** The same with so many holds. */
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

  /** The same with so many bytes of unread answers. */
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

  /** What a sidecar runs with unless told otherwise. */
  public static ApiLimits defaults() {
    return new ApiLimits(1 << 20, 1024, 16, 1024, 10_000);
  }

  /** The largest message that is read at all. */
  int messageBytesMax() {
    return (int) Math.min(Integer.MAX_VALUE, (long) commandBytesMax + SLACK_BYTES);
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }
}
