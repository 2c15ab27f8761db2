package io.synod.main;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.synod.runtime.port.RateLimitedLog;
import org.slf4j.Logger;

/**
 * Says what gRPC and Netty log in lines of the sidecar's own. Their messages name no subject, and
 * some are of use to a developer of these libraries only; a client can provoke many of them. So a
 * line names the library and the cause, and warnings come at most every ten seconds.
 */
final class LibraryLog extends AppenderBase<ILoggingEvent> {
  private static final int CAUSES_MAX = 5;

  private final Logger log;
  private final RateLimitedLog warnings;

  /** Says it there. */
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
