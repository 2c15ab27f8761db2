package io.synod.cli.shared;

/** The exit statuses of all {@code synod} commands. */
public final class ExitStatus {
  /** Success. */
  public static final int OK = 0;

  /** Failure; retrying does not help. */
  public static final int ERROR = 1;

  /** Wrong usage: the request, or the configuration, can never succeed. */
  public static final int USAGE = 2;

  /** The sidecar is unhealthy, or a condition does not hold. */
  public static final int UNHEALTHY = 3;

  /** The outcome is unknown, or the deadline was exceeded. */
  public static final int OUTCOME_UNKNOWN = 4;

  /** Unavailable: surely not executed; a retry may succeed. */
  public static final int UNAVAILABLE = 5;

  /** A sidecar stopped because its disk failed, is damaged, or is not its own. */
  public static final int STORAGE_FAILURE = 6;

  /** There is no such program to run; the status that shells use. */
  public static final int NO_PROGRAM = 127;

  private ExitStatus() {}
}
