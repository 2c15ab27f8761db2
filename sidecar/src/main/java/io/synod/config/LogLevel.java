package io.synod.config;

/** How much the log tells. */
public enum LogLevel {
  /** What stops or damages. */
  ERROR,
  /** What somebody should look at. */
  WARN,
  /** What happens seldom. */
  INFO,
  /** What happens often. */
  DEBUG
}
