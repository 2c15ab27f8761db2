package io.synod.storage.directory;

import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.disk.FileErrorReason;
import io.synod.storage.journal.RestoredSnapshots;
import io.synod.storage.sealed.MapDbSegmentStore;
import io.synod.storage.sealed.MapDbStreamStore;
import io.synod.storage.tail.DiskIdentity;
import io.synod.storage.tail.Superblock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A data directory that is made of a backup: snapshots, and a superblock that says that they
 * replace every slot up to theirs. The superblock is written last, so that no sidecar starts on a
 * directory that is incomplete; {@link #close} removes both if it was not, and releases the lock.
 */
public final class RestoredDirectory implements AutoCloseable {
  private final Path path;
  private final DirectoryLock lock;
  private final DiskIdentity identity;
  private final MapDbStreamStore streams;
  private final RestoredSnapshots snapshots;
  private boolean complete;

  private RestoredDirectory(Path path, DirectoryLock lock, DiskIdentity identity)
      throws IOException {
    this.path = path;
    this.lock = lock;
    this.identity = identity;
    Path segments = DirectoryMaker.segments(path);
    this.streams = MapDbStreamStore.open(segments, identity.cluster());
    this.snapshots = new RestoredSnapshots(streams);
  }

  /**
   * Begins a directory, which must be missing or empty.
   *
   * @param cluster the digest that identifies the cluster by its name and voters
   * @param restore identifies the backup and how it is restored
   * @throws DirectoryException if a process uses it, or it is not empty
   * @throws JournalException if it cannot be written
   */
  public static RestoredDirectory create(Path directory, long cluster, int node, long restore) {
    Path real = DirectoryMaker.prepare(directory, FileDisk::syncDirectory);
    DirectoryContents contents = DirectoryContents.read(real);
    if (!contents.isUsed() || !Files.exists(real.resolve(DirectoryLock.NAME))) {
      // A directory of something else gets no lock, and keeps a file of that name.
      contents.mustBeEmpty();
    }
    DirectoryLock lock = DirectoryLock.take(real);
    try {
      DirectoryContents.read(real).mustBeEmpty();
      return begin(real, lock, cluster, node, restore);
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  private static RestoredDirectory begin(
      Path directory, DirectoryLock lock, long cluster, int node, long restore) {
    DiskIdentity identity = DirectoryIdentity.of(cluster, node, restore);
    try {
      return new RestoredDirectory(directory, lock, identity);
    } catch (IOException e) {
      remove(directory);
      throw failure(directory, e);
    }
  }

  private static JournalException failure(Path directory, IOException e) {
    return new JournalException(directory + ": " + FileErrorReason.of(directory.toString(), e), e);
  }

  /** Writes the snapshots. */
  public RestoredSnapshots snapshots() {
    return snapshots;
  }

  /** The identity of the disk. */
  public long incarnation() {
    return identity.incarnation();
  }

  /** The number by which the disk knows its cluster. */
  public long cluster() {
    return identity.cluster();
  }

  /** Makes the directory one from which a sidecar starts with the sealed snapshot of this mark. */
  public void complete(SnapshotMark mark) {
    try {
      FileDisk.syncDirectory(path.resolve(DataDirectory.SEGMENTS));
      FileDisk.syncDirectory(path);
      Superblock.formatRestored(new FileDisk(path), identity, mark.slot(), mark.index());
      complete = true;
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  @Override
  public void close() {
    try {
      streams.close();
      if (!complete) {
        remove(path);
      }
    } finally {
      release(lock);
    }
  }

  /** Removes the superblock, and then what it says is there. */
  private static void remove(Path directory) {
    Path segments = directory.resolve(DataDirectory.SEGMENTS);
    try {
      Files.deleteIfExists(directory.resolve(Superblock.NAME));
      if (Files.isDirectory(segments)) {
        try (Stream<Path> files = Files.list(segments)) {
          for (Path file : files.toList()) {
            if (MapDbSegmentStore.isOurs(file.getFileName().toString())) {
              Files.delete(file);
            }
          }
        }
      }
    } catch (IOException e) {
      throw failure(directory, e);
    }
  }

  private static void release(DirectoryLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      throw new JournalException(
          "cannot release the lock of the data directory: " + e.getMessage(), e);
    }
  }
}
