package io.synod.main;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.AppenderAttachable;
import io.synod.config.LogFormat;
import io.synod.config.LogLevel;
import java.util.Iterator;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Configures the format and level of a sidecar's log. */
final class Logging {
  private Logging() {}

  /** Turns off the JDK's own log, which is of no use to the user of a command. */
  static void quietJdk() {
    LogManager.getLogManager().reset();
  }

  /** To be called once, before anything is logged. */
  static void configure(LogFormat format, LogLevel level) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    LoggerContext context = context();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(level.name()));
    boolean debug = level == LogLevel.DEBUG;
    if (!debug) {
      LibraryLog libraries = new LibraryLog(LoggerFactory.getLogger("synod.connections"));
      libraries.setContext(context);
      libraries.start();
      ch.qos.logback.classic.Logger grpc = context.getLogger("io.grpc");
      grpc.addAppender(libraries);
      grpc.setAdditive(false);
    }
    for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
      configure(all.next(), format == LogFormat.JSON ? json(context) : text(context, debug));
    }
  }

  /** Flushes the log. */
  static void stop() {
    context().stop();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  @SuppressWarnings("unchecked") // the types that logback.xml names
  private static void configure(Appender<ILoggingEvent> appender, Encoder<ILoggingEvent> encoder) {
    if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
      stream.setEncoder(encoder);
      stream.stop();
      stream.start();
    } else if (appender instanceof AppenderAttachable<?> queue) {
      Iterator<Appender<ILoggingEvent>> inner =
          ((AppenderAttachable<ILoggingEvent>) queue).iteratorForAppenders();
      while (inner.hasNext()) {
        configure(inner.next(), encoder);
      }
    }
  }

  /** The text format; stack traces are logged at level debug only. */
  private static Encoder<ILoggingEvent> text(LoggerContext context, boolean debug) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(
        "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %msg%n" + (debug ? "%ex" : "%nopex"));
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithThreadName(false);
    encoder.setWithLoggerName(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithKVPList(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithThrowable(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }
}
