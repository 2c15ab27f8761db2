package io.synod.main.client;

/** What a client command's exit status means; the same for every command. */
public final class ExitStatus {
  /** It did what it was asked. */
  public static final int OK = 0;

  /** It failed, and asking again the same way will not help. */
  public static final int ERROR = 1;

  /** The request could never succeed. */
  public static final int USAGE = 2;

  /** The answer came, and it is bad news. */
  public static final int UNHEALTHY = 3;

  /** Nobody can know whether it happened. */
  public static final int OUTCOME_UNKNOWN = 4;

  /** Surely not done; asking again may help. */
  public static final int UNAVAILABLE = 5;

  private ExitStatus() {}
}
