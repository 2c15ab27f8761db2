package io.synod.config;

/** The level of a log line. */
public enum LogLevel {
  /** A failure that stops the sidecar or damages data. */
  ERROR,
  /** A condition that an operator should look at. */
  WARN,
  /** A rare event. */
  INFO,
  /** A frequent event. */
  DEBUG
}
