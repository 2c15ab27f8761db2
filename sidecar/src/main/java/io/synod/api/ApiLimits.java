package io.synod.api;

/**
 * How much one client may ask for.
 *
 * @param commandBytesMax the largest command
 * @param watchesMax how many watches may be open at once
 * @param tracesMax how many trace streams may be open at once
 * @param readsMax how many reads may wait for the disk at once
 * @param callsPerConnectionMax how many calls one connection may have open at once
 * @param consumerLapseMillis after such a silence, in log time, the log is not held for a
 *     consumer's copy
 */
public record ApiLimits(
    int commandBytesMax,
    int watchesMax,
    int tracesMax,
    int readsMax,
    int callsPerConnectionMax,
    long consumerLapseMillis) {

  /** Above the largest command, so that one a little too large gets its typed error. */
  private static final int SLACK_BYTES = 1 << 20;

  /** Refuses what no server can run with. */
  public ApiLimits {
    positive("commandBytesMax", commandBytesMax);
    positive("watchesMax", watchesMax);
    positive("tracesMax", tracesMax);
    positive("readsMax", readsMax);
    positive("callsPerConnectionMax", callsPerConnectionMax);
  }

  /** With a lapse of an hour. */
  public ApiLimits(
      int commandBytesMax, int watchesMax, int tracesMax, int readsMax, int callsPerConnectionMax) {
    this(commandBytesMax, watchesMax, tracesMax, readsMax, callsPerConnectionMax, 3_600_000);
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
