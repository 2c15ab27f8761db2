package io.synod.storage.sealed;

import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.FileDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Removes large files that no reader uses. A file system frees all space of one call at once, and
 * the log's syncs wait for that: so a long file is truncated step by step. Any thread may call any
 * method.
 */
final class FileRemover implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(FileRemover.class.getName());
  private static final long STEP_BYTES = 4 << 20;
  private static final long CLOSE_SECONDS = 10;

  private final ExecutorService executor = Executors.newSingleThreadExecutor(FileRemover::thread);
  private volatile boolean closed;

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "synod-remover");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Removes a file, if it exists; durable once this returns.
   *
   * @throws JournalException if it cannot be removed
   */
  static void remove(Path file) {
    remove(file, () -> false);
  }

  private static void remove(Path file, BooleanSupplier enough) {
    // An interrupt would close the channel.
    boolean interrupted = Thread.interrupted();
    try {
      if (shorten(file, enough)) {
        Files.deleteIfExists(file);
        FileDisk.syncDirectory(Objects.requireNonNull(file.getParent()));
      }
    } catch (IOException e) {
      throw failed(file, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static JournalException failed(Path file, Exception e) {
    return new JournalException(file + ": cannot be removed: " + SealedTable.reason(e), e);
  }

  /**
   * Truncates it as far as possible; a failure only delays the log's syncs. Returns false if it did
   * not finish.
   */
  private static boolean shorten(Path file, BooleanSupplier enough) {
    try {
      if ((int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
        // The file has another hard link, such as a copy.
        return true;
      }
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        for (long left = channel.size() - STEP_BYTES; left > 0; left -= STEP_BYTES) {
          if (enough.getAsBoolean()) {
            return false;
          }
          channel.truncate(left);
          channel.force(true);
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(Level.FINE, e, () -> file + " is removed in one step");
    }
    return true;
  }

  /** Removes it in the background; a long file that is not removed when this is closed stays. */
  void removeLater(Path file) {
    try {
      executor.execute(
          () -> {
            try {
              remove(file, () -> closed);
            } catch (JournalException e) {
              LOG.warning(() -> e.getMessage() + "; its space is not freed until the next start");
            }
          });
    } catch (RejectedExecutionException closed) {
      LOG.fine(() -> file + " stays until the next start");
    }
  }

  /** Waits for the current step. */
  @Override
  public void close() {
    closed = true;
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warning("a file is still being removed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
