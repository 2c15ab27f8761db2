package io.synod.main;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.synod.runtime.port.RateLimitedLog;
import org.slf4j.Logger;

/**
 * Rewrites the log messages of gRPC and Netty, which clients can provoke and which are written for
 * developers of these libraries. A line names the library and the cause, and warnings are logged at
 * most every ten seconds.
 */
final class LibraryLog extends AppenderBase<ILoggingEvent> {
  private static final int CAUSES_MAX = 5;

  private final Logger log;
  private final RateLimitedLog warnings;

  /** Writes to this log. */
  LibraryLog(Logger log) {
    this.log = log;
    this.warnings = new RateLimitedLog(log);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String line = line(event);
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
      log.error("{}", line);
    } else if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
      warnings.warn("{}", line);
    } else {
      log.debug("{}", line);
    }
  }

  private static String line(ILoggingEvent event) {
    StringBuilder line = new StringBuilder("connections: ");
    line.append(event.getFormattedMessage());
    IThrowableProxy cause = event.getThrowableProxy();
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      if (cause.getMessage() != null) {
        line.append(": ").append(cause.getMessage());
      }
      cause = cause.getCause();
    }
    return line.toString().replaceAll("\\s+", " ");
  }
}
