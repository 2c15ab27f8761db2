package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.synod.cli.shared.ExitStatus;
import io.synod.runtime.port.JournalException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProcessEndTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(ProcessEnd.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<Integer> statuses = new ArrayList<>();
  private final ProcessEnd end = new ProcessEnd(log::stop, statuses::add);

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(log);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(log);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  private List<String> lines() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void stopsInOrderOnce() {
    end.inOrder(() -> end.inOrder(() -> statuses.add(-1)));
    assertThat(lines()).containsExactly("stops", "stopped");
    assertThat(statuses).containsExactly(ExitStatus.OK);
  }

  @Test
  void logsAnInvariantThatFailsDuringAnOrderlyStop() {
    end.inOrder(() -> end.atOnce(new IllegalStateException("two leaders")));
    assertThat(lines()).containsExactly("stops", "stops at once: two leaders");
    assertThat(statuses).containsExactly(ExitStatus.ERROR);
  }

  @Test
  void endsWithAnErrorIfTheOrderlyStopThrows() {
    end.inOrder(
        () -> {
          throw new JournalException("cannot write the last file");
        });
    assertThat(lines()).containsExactly("stops", "stops at once: cannot write the last file");
    assertThat(statuses).containsExactly(ExitStatus.STORAGE_FAILURE);
  }

  @Test
  void logsTheFirstFailure() {
    end.atOnce(new AssertionError());
    end.atOnce(new JournalException("the log is closed"));
    assertThat(lines()).containsExactly("stops at once: an internal error");
    assertThat(statuses).containsExactly(ExitStatus.ERROR);
  }
}
