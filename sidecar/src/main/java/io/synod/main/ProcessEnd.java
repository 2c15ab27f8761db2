package io.synod.main;

import io.synod.cli.shared.ExitStatus;
import io.synod.runtime.port.JournalException;
import io.synod.state.encoding.LevelException;
import io.synod.storage.disk.DirectoryException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a sidecar's process: by an orderly stop, or at once after a failure, even one during
 * the orderly stop. The first end that is reached determines the last line of the log and the exit
 * status. Any thread may call any method.
 */
final class ProcessEnd {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

  private final Runnable flushLog;
  private final IntConsumer halt;
  private final AtomicBoolean stopping = new AtomicBoolean();
  // Guarded by this.
  private boolean ended;

  /**
   * Creates it for a process that runs.
   *
   * @param flushLog called once, after the last line
   * @param halt ends the process with a status; it does not return in production
   */
  ProcessEnd(Runnable flushLog, IntConsumer halt) {
    this.flushLog = flushLog;
    this.halt = halt;
  }

  /** Stops in order, and then ends the process successfully, unless the stop fails. */
  void inOrder(Runnable stop) {
    if (stopping.getAndSet(true)) {
      return;
    }
    LOG.info("stops");
    try {
      stop.run();
    } catch (RuntimeException | Error e) {
      atOnce(e);
      return;
    }
    end(ExitStatus.OK, () -> LOG.info("stopped"));
  }

  /**
   * Ends the process because the disk failed or an invariant is broken: no message may be sent any
   * more, so there is no orderly stop. Everything that was acknowledged is on the disk.
   */
  void atOnce(Throwable why) {
    boolean disk = why instanceof JournalException || why instanceof DirectoryException;
    String message = why.getMessage() == null ? "an internal error" : why.getMessage();
    end(
        disk ? ExitStatus.STORAGE_FAILURE : ExitStatus.ERROR,
        () -> {
          if (why instanceof LevelException) {
            LOG.error("stops at once: {}", message);
          } else {
            LOG.error("stops at once: {}", message, why);
          }
        });
  }

  private synchronized void end(int status, Runnable lastLine) {
    if (ended) {
      return;
    }
    ended = true;
    lastLine.run();
    flushLog.run();
    halt.accept(status);
  }
}
