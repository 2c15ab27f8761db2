package io.synod.storage.tail;

import io.synod.storage.disk.Disk;
import io.synod.storage.disk.FileErrorReason;
import io.synod.storage.disk.NoSpaceException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Creates the files of the tail, the next one before it is needed. The loop's thread takes them;
 * any thread may call the other methods.
 */
public final class NextTailFile {
  private static final Logger LOG = Logger.getLogger(NextTailFile.class.getName());

  private final Disk disk;
  private final long fileBytes;
  private final AtomicReference<@Nullable TailFile> spare = new AtomicReference<>();
  private final AtomicLong sequences;
  // Whether the last attempt to create a file found no space.
  private volatile boolean lacksRoom;
  // The minimum length of the next file, if there was no space for it.
  private volatile long neededBytes;

  /**
   * Creates it without a next file.
   *
   * @param fileBytes the length of a file, unless more is needed
   * @param sequence the highest of any file so far
   */
  NextTailFile(Disk disk, long fileBytes, long sequence) {
    this.disk = disk;
    this.fileBytes = fileBytes;
    this.sequences = new AtomicLong(sequence);
  }

  /**
   * The next file, which is created now if it does not exist.
   *
   * @param after the sequence of the file before it
   * @return null if there is no space for it, or was none at the last attempt: {@link #prepare}
   *     retries, since that takes long
   */
  @Nullable TailFile take(long bytes, long after) throws IOException {
    TailFile ready = spare.getAndSet(null);
    if (ready != null) {
      if (ready.size() >= bytes && ready.sequence() > after) {
        return ready;
      }
      delete(ready);
    }
    neededBytes = bytes;
    if (lacksRoom) {
      return null;
    }
    try {
      return create(bytes);
    } catch (NoSpaceException e) {
      lacking(e);
      return null;
    }
  }

  /** Creates the next file, if there is space for it; may take long. */
  public void prepare() throws IOException {
    long bytes = Math.max(fileBytes, neededBytes);
    // A hopeless attempt would take the remaining space from everything else until it fails.
    if (lacksRoom && disk.usableBytes() < bytes) {
      return;
    }
    try {
      TailFile file = create(bytes);
      if (!spare.compareAndSet(null, file)) {
        delete(file);
      }
    } catch (NoSpaceException e) {
      lacking(e);
    }
  }

  private void lacking(NoSpaceException e) {
    if (!lacksRoom) {
      LOG.warning(
          () ->
              e.getMessage()
                  + "; the log continues in its current file, and creating the next is retried:"
                  + " free disk space");
    }
    lacksRoom = true;
  }

  /** Creates a file, and throws if there is no space for it. */
  TailFile create(long bytes) throws IOException {
    long sequence = sequences.incrementAndGet();
    String name = TailFile.name(sequence);
    String path = disk.path(name);
    try {
      TailFile file = new TailFile(disk, sequence, disk.create(name, bytes));
      neededBytes = 0;
      lacksRoom = false;
      return file;
    } catch (NoSpaceException e) {
      throw new NoSpaceException(
          path + ": cannot reserve " + bytes + " bytes: " + FileErrorReason.of(path, e), e);
    } catch (IOException e) {
      throw new IOException(
          path + ": cannot reserve " + bytes + " bytes: " + FileErrorReason.of(path, e), e);
    }
  }

  /** Removes a file that is no longer needed. */
  public void delete(TailFile file) throws IOException {
    file.file().close();
    disk.delete(file.name());
  }

  /** Whether it was created and not taken yet. */
  boolean isReady() {
    return spare.get() != null;
  }

  /** Whether the last attempt found no space for it. */
  public boolean lacksRoom() {
    return lacksRoom;
  }

  /** Bytes it takes. */
  long bytes() {
    TailFile ready = spare.get();
    return ready == null ? 0 : ready.size();
  }

  /** Closes it. */
  void close() throws IOException {
    TailFile ready = spare.getAndSet(null);
    if (ready != null) {
      ready.file().close();
    }
  }
}
