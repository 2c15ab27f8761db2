package io.synod.storage.directory;

import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.FileErrorReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a data directory: one process, and in it one journal, may use it. The operating
 * system releases the lock when the process ends, however it ends; the file stays, with the number
 * of the last process in it.
 */
public final class DirectoryLock implements AutoCloseable {
  static final String NAME = "lock";

  private static final int NUMBER_BYTES_MAX = 20;

  // A process loses its lock when it closes any channel on the file, so the file is never opened
  // twice.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  // Null if there is no lock file.
  private final @Nullable FileChannel channel;

  private DirectoryLock(Path directory, @Nullable FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param directory its real path
   * @throws DirectoryException if another process or journal holds it
   */
  static DirectoryLock take(Path directory) {
    return take(directory, () -> lock(directory, directory.resolve(NAME)));
  }

  /**
   * Takes the lock of a directory that is only read: no sidecar may use it meanwhile, and other
   * readers may. The lock file is not changed; if there is none, no sidecar uses the directory.
   *
   * @param directory its real path
   * @throws DirectoryException if a sidecar holds it
   */
  public static DirectoryLock takeForReading(Path directory) {
    return take(directory, () -> lockForReading(directory, directory.resolve(NAME)));
  }

  private interface Attempt {
    DirectoryLock make() throws IOException;
  }

  private static DirectoryLock take(Path directory, Attempt attempt) {
    if (!HELD.add(directory)) {
      throw new DirectoryException(
          "data directory " + directory + " is already in use by this process");
    }
    try {
      return attempt.make();
    } catch (IOException e) {
      HELD.remove(directory);
      throw new DirectoryException(
          "data directory "
              + directory
              + " cannot be locked: "
              + FileErrorReason.of(directory.toString(), e),
          e);
    } catch (RuntimeException e) {
      HELD.remove(directory);
      throw e;
    }
  }

  /** Whether a file of that name is empty or holds the number of a process, as lock files do. */
  static boolean isOurs(Path file) throws IOException {
    return Files.size(file) <= NUMBER_BYTES_MAX
        && Files.readString(file, StandardCharsets.ISO_8859_1).matches("([0-9]+\n)?");
  }

  private static DirectoryLock lockForReading(Path directory, Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return new DirectoryLock(directory, null);
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    mustLock(directory, channel, channel.tryLock(0, Long.MAX_VALUE, true));
    return new DirectoryLock(directory, channel);
  }

  private static DirectoryLock lock(Path directory, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    mustLock(directory, channel, channel.tryLock());
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(pid), 0);
    return new DirectoryLock(directory, channel);
  }

  private static void mustLock(Path directory, FileChannel channel, @Nullable FileLock lock)
      throws IOException {
    if (lock == null) {
      String holder = holder(channel);
      channel.close();
      throw new DirectoryException(
          "data directory " + directory + " is in use by another process" + holder);
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(NUMBER_BYTES_MAX);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    return pid.matches("[0-9]+") ? " (process " + pid + ")" : "";
  }

  @Override
  public void close() throws IOException {
    if (HELD.remove(directory) && channel != null) {
      channel.close();
    }
  }
}
