package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LibraryLogTest {

  @Test
  void namesTheSubjectAndTheCauseAndKeepsAPace() {
    LoggerContext context = new LoggerContext();
    Logger ours = context.getLogger("ours");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    ours.addAppender(lines);
    Logger theirs = context.getLogger("theirs");
    LibraryLog appender = new LibraryLog(ours);
    appender.start();
    theirs.addAppender(appender);

    Exception cause = new IllegalStateException("stream 5 is\n idle", new IOException("reset"));
    theirs.warn("Stream Error", cause);
    theirs.warn("Stream Error", cause);
    theirs.error("lost");

    assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
        .containsExactly("connections: Stream Error: stream 5 is idle: reset", "connections: lost");
  }
}
