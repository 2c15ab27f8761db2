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
 * Makes the files of the tail, the next one before it is needed. The loop's thread takes them; any
 * other may call the rest.
 */
public final class NextTailFile {
  private static final Logger LOG = Logger.getLogger(NextTailFile.class.getName());

  private final Disk disk;
  private final long fileBytes;
  private final AtomicReference<@Nullable TailFile> spare = new AtomicReference<>();
  private final AtomicLong sequences;
  // Whether a file found no room when it was tried last.
  private volatile boolean lacksRoom;
  // How long the next file must be at least, if it found no room.
  private volatile long wantedBytes;

  /**
   * None is made yet.
   *
   * @param fileBytes how long a file is, unless more is wanted
   * @param sequence the highest that a file ever had
   */
  NextTailFile(Disk disk, long fileBytes, long sequence) {
    this.disk = disk;
    this.fileBytes = fileBytes;
    this.sequences = new AtomicLong(sequence);
  }

  /**
   * The next file, which is made now if it is not there.
   *
   * @param after the sequence of the file before it
   * @return null if there is no room for it, or was none when it was tried last: to find out takes
   *     long, and is done by {@link #prepare}
   */
  @Nullable TailFile take(long bytes, long after) throws IOException {
    TailFile ready = spare.getAndSet(null);
    if (ready != null) {
      if (ready.size() >= bytes && ready.sequence() > after) {
        return ready;
      }
      delete(ready);
    }
    wantedBytes = bytes;
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

  /** Makes the next file, if there is room for it; may take long. */
  public void prepare() throws IOException {
    long bytes = Math.max(fileBytes, wantedBytes);
    // To try all the same would take what room there is from everything else, until it fails.
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
                  + "; the log goes on in the file that it has, and tries again: make room");
    }
    lacksRoom = true;
  }

  /** Makes a file, and throws if there is no room for it. */
  TailFile create(long bytes) throws IOException {
    long sequence = sequences.incrementAndGet();
    String name = TailFile.name(sequence);
    String path = disk.path(name);
    try {
      TailFile file = new TailFile(disk, sequence, disk.create(name, bytes));
      wantedBytes = 0;
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

  /** Whether it was made and not taken yet. */
  boolean isReady() {
    return spare.get() != null;
  }

  /** Whether there was no room for it when it was tried last. */
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
