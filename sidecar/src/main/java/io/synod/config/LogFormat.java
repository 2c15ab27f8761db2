package io.synod.config;

/** The format of log lines. */
public enum LogFormat {
  /** Text for people. */
  TEXT,
  /** A JSON object per line. */
  JSON
}
