package io.synod.storage.disk;

import io.synod.runtime.port.JournalException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the first failure of a journal, on whatever thread, and refuses every later operation.
 *
 * @param disk its path precedes the message of a failure
 */
public record FirstFailure(Disk disk, AtomicReference<@Nullable JournalException> first) {

  public static FirstFailure of(Disk disk) {
    return new FirstFailure(disk, new AtomicReference<>());
  }

  /** Keeps a failure if it is the first, and returns the exception to throw. */
  public JournalException keep(Exception e) {
    JournalException failure = e instanceof JournalException journal ? journal : describe(disk, e);
    first.compareAndSet(null, failure);
    return failure;
  }

  public boolean happened() {
    return first.get() != null;
  }

  /** Throws if there was a failure. */
  public void refuse() {
    JournalException before = first.get();
    if (before != null) {
      throw new JournalException(
          before.getMessage() + " (the journal refuses all operations since)", before);
    }
  }

  /** The exception for a failure of {@code disk}, with its path. */
  public static JournalException describe(Disk disk, Exception e) {
    String message = e.getMessage();
    if (message != null && message.startsWith(disk.path(""))) {
      return new JournalException(message, e);
    }
    return new JournalException(
        disk.path("") + ": " + (message == null ? "the disk failed" : message), e);
  }
}
