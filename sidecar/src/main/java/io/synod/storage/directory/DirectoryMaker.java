package io.synod.storage.directory;

import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.disk.FileErrorReason;
import io.synod.storage.tail.Superblock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.logging.Logger;

/** Creates a missing data directory, and makes its name durable in the parent directory. */
final class DirectoryMaker {
  private static final Logger LOG = Logger.getLogger(DirectoryMaker.class.getName());

  private DirectoryMaker() {}

  /** Makes the names in a directory durable. */
  interface Sync {
    void names(Path directory) throws IOException;
  }

  /**
   * Creates {@code directory} if it is missing.
   *
   * @return its real path
   * @throws DirectoryException if it cannot be used, or was created now and its name is not durable
   */
  static Path prepare(Path directory, Sync sync) {
    try {
      if (Files.exists(directory)) {
        syncLeftover(directory.toRealPath(), sync);
      } else {
        make(directory.toAbsolutePath(), sync);
      }
      Path real = directory.toRealPath();
      if (!Files.isDirectory(real)) {
        throw new NotDirectoryException(real.toString());
      }
      if (!Files.isReadable(real) || !Files.isWritable(real) || !Files.isExecutable(real)) {
        throw new DirectoryException("data directory " + real + " is not readable and writable");
      }
      return real;
    } catch (NotDirectoryException | FileAlreadyExistsException e) {
      throw new DirectoryException("data directory " + directory + " is not a directory", e);
    } catch (IOException e) {
      throw new DirectoryException(
          "data directory "
              + directory
              + " cannot be created or read: "
              + FileErrorReason.of(directory.toString(), e),
          e);
    }
  }

  private static void make(Path directory, Sync sync) throws IOException {
    Deque<Path> holders = new ArrayDeque<>();
    Path holder = directory.getParent();
    while (holder != null) {
      holders.push(holder);
      holder = Files.exists(holder) ? null : holder.getParent();
    }
    Files.createDirectories(directory);
    restrict(directory);
    for (Path made : holders) {
      sync.names(made);
    }
  }

  /**
   * A process that created the directory may have ended before it synced its name. Whether this was
   * so cannot be known, and some parent directories cannot be synced, so a failure is only logged.
   */
  private static void syncLeftover(Path directory, Sync sync) {
    Path parent = directory.getParent();
    if (parent == null
        || !Files.isReadable(parent)
        || Files.exists(directory.resolve(Superblock.NAME))) {
      return;
    }
    try {
      sync.names(parent);
    } catch (IOException e) {
      LOG.warning(
          () ->
              parent
                  + ": its names cannot be synced: "
                  + FileErrorReason.of(parent.toString(), e)
                  + "; if the data directory is new, a power failure may remove it");
    }
  }

  /** Creates the directory of sealed files, if it is missing. */
  static Path segments(Path directory) throws IOException {
    restrict(directory);
    Path segments = directory.resolve(DataDirectory.SEGMENTS);
    if (!Files.exists(segments)) {
      Files.createDirectory(segments);
      restrict(segments);
    }
    // An earlier process may have created files and not synced their names.
    FileDisk.syncDirectory(directory);
    return segments;
  }

  /**
   * Restricts it to its owner. A volume that another user owns keeps the mode it was mounted with.
   */
  static void restrict(Path directory) {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      LOG.fine(() -> directory + " keeps its mode: " + e.getMessage());
    }
  }
}
