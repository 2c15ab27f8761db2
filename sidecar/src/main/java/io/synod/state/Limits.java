package io.synod.state;

/**
 * The limits of the replicated state. They influence the results of commands, so all nodes of a
 * cluster must have the same.
 *
 * @param sessionsMax sessions of callers; a sidecar's own sessions are not counted
 * @param aheadMax how far above its acknowledged sequences a session may use others
 * @param answers limits of the remembered answers of all callers' sessions
 * @param expiriesMax how many pairs, or sessions, one command may expire
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
   * Limits of remembered answers. Above them, sessions with a large share must acknowledge some
   * before they use another sequence.
   *
   * @param countMax answers of all sessions together
   * @param bytesMax bytes of all sessions together
   * @param sessionBytesMax bytes of one session
   */
  public record Answers(int countMax, long bytesMax, long sessionBytesMax) {}

  /**
   * A window of the log: the last {@code commands} commands, and those younger than {@code millis}
   * of log time.
   *
   * @param bytesMax the memory that the answers of the window may take
   */
  public record Window(long commands, long millis, long bytesMax) {}

  /** The limits of every sidecar. */
  public static Limits defaults() {
    return DEFAULTS;
  }
}
