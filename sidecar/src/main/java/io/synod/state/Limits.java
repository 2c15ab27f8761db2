package io.synod.state;

/**
 * The limits of the replicated state. They decide what a command does, so all nodes of a cluster
 * must have the same.
 *
 * @param sessionsMax sessions of callers; a sidecar's own sessions are not counted
 * @param aheadMax how far above its acknowledged sequences a session may use others
 * @param answers what all sessions of callers may have remembered
 * @param expiriesMax pairs, and sessions, that expire by one command
 * @param consumersMax consumers of the log
 * @param requests how long the answer to a request id is remembered
 * @param openings how long the answer to a command that opens a session is remembered
 */
public record Limits(
    int sessionsMax,
    int aheadMax,
    Answers answers,
    int expiriesMax,
    int consumersMax,
    Window requests,
    Window openings) {

  private static final Limits DEFAULTS =
      new Limits(
          10_000,
          1 << 14,
          new Answers(1 << 20, 64L << 20, 16L << 20),
          1_000,
          1_000,
          new Window(100_000, 60_000, 64L << 20),
          new Window(100_000, 60_000, 64L << 20));

  /**
   * How many answers the sessions of callers may have remembered before those with a good part of
   * them must acknowledge some.
   *
   * @param countMax answers of all sessions together
   * @param bytesMax bytes of all sessions together
   * @param sessionBytesMax bytes of one session
   */
  public record Answers(int countMax, long bytesMax, long sessionBytesMax) {}

  /**
   * A stretch of the log: whatever is among the last {@code commands}, or is younger than {@code
   * millis} of log time, belongs to it.
   *
   * @param bytesMax what is remembered for it may take so many bytes of memory
   */
  public record Window(long commands, long millis, long bytesMax) {}

  /** What every sidecar has. */
  public static Limits defaults() {
    return DEFAULTS;
  }
}
