package io.synod.storage.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk in a real directory. A new file is filled with zeroes and synced, data and length, before
 * its name is: from then on a write changes data only, and {@code fdatasync} is enough.
 *
 * <p>An interrupt closes a {@link FileChannel} for all threads. So each file has two channels: the
 * one for writes never sees an interrupt, since the caller's is deferred; the one for reads is
 * reopened when a reader was interrupted.
 */
public final class FileDisk implements Disk {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path directory;
  private final boolean readOnly;

  /** Creates a disk in {@code directory}, which must exist. */
  public FileDisk(Path directory) {
    this(directory, false);
  }

  private FileDisk(Path directory, boolean readOnly) {
    this.directory = directory;
    this.readOnly = readOnly;
  }

  /** A disk whose files are opened for reading only; it refuses to create, write and delete. */
  public static FileDisk readOnly(Path directory) {
    return new FileDisk(directory, true);
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public BlockFile create(String name, long bytes) throws IOException {
    refuseReadOnly();
    Path path = directory.resolve(name);
    boolean interrupted = Thread.interrupted();
    try {
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(bytes, CHUNK_BYTES));
        for (long at = 0; at < bytes; at += CHUNK_BYTES) {
          zeroes.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
          writeAll(channel, at, zeroes);
          // In small steps: a sync of the file in use waits for all data in flight to the disk.
          channel.force(false);
        }
        channel.force(true);
      }
      syncDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      // On a full disk an incomplete file only takes space.
      Files.deleteIfExists(path);
      throw NoSpaceException.isMeantBy(e, directory, bytes)
          ? new NoSpaceException(path + ": " + FileErrorReason.of(path.toString(), e), e)
          : named(path, e);
    } finally {
      restore(interrupted);
    }
    return new RealFile(path, false);
  }

  private void refuseReadOnly() {
    if (readOnly) {
      throw new UnsupportedOperationException(directory + " was opened for reading only");
    }
  }

  @Override
  public BlockFile open(String name) throws IOException {
    return new RealFile(directory.resolve(name), readOnly);
  }

  @Override
  public void delete(String name) throws IOException {
    refuseReadOnly();
    boolean interrupted = Thread.interrupted();
    try {
      Files.delete(directory.resolve(name));
      syncDirectory(directory);
    } finally {
      restore(interrupted);
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  @Override
  public String path(String name) {
    return name.isEmpty() ? directory.toString() : directory.resolve(name).toString();
  }

  @Override
  public void close() {}

  /** Makes the names in a directory durable. */
  public static void syncDirectory(Path directory) throws IOException {
    sync(directory, StandardOpenOption.READ);
  }

  /** Makes the content of a file durable, even if the caller is interrupted. */
  public static void syncFile(Path file) throws IOException {
    sync(file, StandardOpenOption.WRITE);
  }

  private static void sync(Path path, StandardOpenOption option) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    } finally {
      restore(interrupted);
    }
  }

  private static void writeAll(FileChannel channel, long offset, ByteBuffer bytes)
      throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private static IOException named(Path path, IOException e) {
    return new IOException(path + ": " + FileErrorReason.of(path.toString(), e), e);
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class RealFile implements BlockFile {
    private final Path path;
    private final long size;
    // Null if the file is only read.
    private final @Nullable FileChannel writer;
    private final ByteBuffer staged = ByteBuffer.allocateDirect(64 * 1024);
    private final UncachedReader uncached;
    private volatile FileChannel reader;
    private volatile boolean closed;

    RealFile(Path path, boolean readOnly) throws IOException {
      this.path = path;
      this.uncached = new UncachedReader(path);
      try {
        this.writer = readOnly ? null : FileChannel.open(path, StandardOpenOption.WRITE);
        this.reader = FileChannel.open(path, StandardOpenOption.READ);
        // Uses the path: an interrupt would close the channel.
        this.size = Files.size(path);
      } catch (IOException e) {
        throw named(path, e);
      }
    }

    @Override
    public long size() {
      return size;
    }

    private FileChannel writer() {
      if (writer == null) {
        throw new UnsupportedOperationException(path + " was opened for reading only");
      }
      return writer;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
      if (offset < 0 || bytes.remaining() > size - offset) {
        throw new IOException(path + ": a write beyond the end, at offset " + offset);
      }
      boolean interrupted = Thread.interrupted();
      try {
        long at = offset;
        while (bytes.hasRemaining()) {
          int part = Math.min(staged.capacity(), bytes.remaining());
          staged.clear().put(bytes.slice().limit(part)).flip();
          writeAll(writer(), at, staged);
          bytes.position(bytes.position() + part);
          at += part;
        }
      } catch (IOException e) {
        throw named(path, e);
      } finally {
        restore(interrupted);
      }
    }

    @Override
    public void sync() throws IOException {
      boolean interrupted = Thread.interrupted();
      try {
        writer().force(false);
      } catch (IOException e) {
        throw named(path, e);
      } finally {
        restore(interrupted);
      }
    }

    @Override
    public void read(long offset, ByteBuffer bytes) throws IOException {
      boolean interrupted = false;
      try {
        int start = bytes.position();
        while (true) {
          FileChannel channel = reader;
          try {
            readAll(channel, offset, bytes.position(start));
            return;
          } catch (AsynchronousCloseException e) {
            // Another thread that reads through the same channel may have been interrupted, instead
            // of this one.
            interrupted |= e instanceof ClosedByInterruptException;
            interrupted |= Thread.interrupted();
            reopen(channel);
          } catch (ClosedChannelException e) {
            reopen(channel);
          }
        }
      } catch (IOException e) {
        throw named(path, e);
      } finally {
        restore(interrupted);
      }
    }

    @Override
    public void readUncached(long offset, ByteBuffer bytes) throws IOException {
      boolean interrupted = Thread.interrupted();
      try {
        if (!uncached.fill(offset, bytes)) {
          read(offset, bytes);
        }
      } finally {
        restore(interrupted);
      }
    }

    private void readAll(FileChannel channel, long offset, ByteBuffer bytes) throws IOException {
      long at = offset;
      while (bytes.hasRemaining()) {
        int read = channel.read(bytes, at);
        if (read < 0) {
          throw new EOFException("the file ends at " + size + ", before offset " + at);
        }
        at += read;
      }
    }

    private synchronized void reopen(FileChannel broken) throws IOException {
      if (closed) {
        throw new IOException("the file is closed");
      }
      if (reader == broken) {
        reader = FileChannel.open(path, StandardOpenOption.READ);
      }
    }

    @Override
    public synchronized void close() throws IOException {
      closed = true;
      try {
        if (writer != null) {
          writer.close();
        }
      } finally {
        reader.close();
      }
    }
  }
}
