package io.synod.cli.shared;

/** What the exit status of every {@code synod} command means. */
public final class ExitStatus {
  /** It did what it was asked. */
  public static final int OK = 0;

  /** It failed, and asking again the same way will not help. */
  public static final int ERROR = 1;

  /** The request, or the configuration, could never succeed. */
  public static final int USAGE = 2;

  /** The answer came, and it is bad news. */
  public static final int UNHEALTHY = 3;

  /** Nobody can know whether it happened, or it did not in time. */
  public static final int OUTCOME_UNKNOWN = 4;

  /** Surely not done; asking again may help. */
  public static final int UNAVAILABLE = 5;

  /** A sidecar stopped because its disk failed, is damaged, or is not its own. */
  public static final int STORAGE_FAILURE = 6;

  /** There is no such program to run; as shells have it. */
  public static final int NO_PROGRAM = 127;

  private ExitStatus() {}
}
