package io.synod.backup;

import io.synod.storage.disk.FileErrorReason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears under its name only once it is complete and durable: until then its bytes are
 * in a file beside it, which {@link #close} removes unless {@link #complete} was called.
 */
final class PartFile implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final FileChannel channel;
  private boolean complete;

  private PartFile(Path file, Path part, FileChannel channel) {
    this.file = file;
    this.part = part;
    this.channel = channel;
  }

  /**
   * Begins to write {@code file}.
   *
   * @param overwrite whether an existing file is replaced
   */
  static PartFile create(Path file, boolean overwrite) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("cannot write " + file + ": it is a directory");
    }
    refuseExisting(file, overwrite);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw unwritable(part, e);
    }
    try {
      if (channel.tryLock() == null) {
        throw taken(part);
      }
      channel.truncate(0);
      return new PartFile(file, part, channel);
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw taken(part);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static IOException taken(Path part) {
    return new IOException("another command is writing " + part);
  }

  private static void refuseExisting(Path file, boolean overwrite) throws IOException {
    if (!overwrite && Files.exists(file)) {
      throw new IOException(file + " exists: choose another name, or overwrite it with --force");
    }
  }

  private static IOException unwritable(Path path, IOException e) {
    return new IOException(
        "cannot write " + path + ": " + FileErrorReason.of(path.toString(), e), e);
  }

  void write(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }

  /** Makes what was written durable, under the name beside the final one. */
  void sync() throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }

  /** Reads what was written. */
  InputStream open() throws IOException {
    return new BufferedInputStream(Files.newInputStream(part));
  }

  /** Gives the file its name, and makes that durable. */
  void complete(boolean overwrite) throws IOException {
    refuseExisting(file, overwrite);
    try {
      if (overwrite) {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        // Unlike a move, a link never replaces a file that was created meanwhile.
        link();
      }
      complete = true;
      io.synod.storage.disk.FileDisk.syncDirectory(
          java.util.Objects.requireNonNull(file.toAbsolutePath().getParent()));
    } catch (FileAlreadyExistsException e) {
      refuseExisting(file, false);
      throw unwritable(file, e);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private void link() throws IOException {
    try {
      Files.createLink(file, part);
      Files.delete(part);
    } catch (UnsupportedOperationException | AtomicMoveNotSupportedException e) {
      Files.move(part, file);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!complete) {
      Files.deleteIfExists(part);
    }
  }
}
