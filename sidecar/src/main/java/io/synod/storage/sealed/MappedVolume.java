package io.synod.storage.sealed;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.mapdb.volume.ByteBufferVolSingle;
import org.mapdb.volume.CleanerUtil;

/**
 * A whole segment, mapped for reading. No interrupt can close it, and it keeps no file open. A read
 * beyond the end of the table, which MapDB does for the last node of a page, is harmless.
 */
final class MappedVolume extends ByteBufferVolSingle {
  private static final Logger LOG = Logger.getLogger(MappedVolume.class.getName());

  private final Path path;
  private final long bytes;

  MappedVolume(Path path) throws IOException {
    super(true, Integer.MAX_VALUE, false);
    this.path = path;
    // An interrupt would close the channel.
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      this.bytes = channel.size();
      this.buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void truncate(long size) {
    throw new UnsupportedOperationException("a segment is immutable");
  }

  @Override
  public void close() {
    closed.set(true);
  }

  /**
   * Unmaps the memory, and thereby frees the space of a deleted file; no thread may read it any
   * more. If this Java does not permit that, it is unmapped some time later.
   */
  void unmap() {
    closed.set(true);
    try {
      CleanerUtil.freeBuffer(buffer);
    } catch (IOException e) {
      LOG.fine(() -> path + " stays mapped: " + e.getMessage());
    }
  }

  @Override
  public void sync() {}

  @Override
  public long length() {
    return bytes;
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public @Nullable File getFile() {
    return path.toFile();
  }

  @Override
  public boolean getFileLocked() {
    return false;
  }
}
