package io.synod.storage.directory;

import io.synod.runtime.port.Clock;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.disk.FileErrorReason;
import io.synod.storage.journal.DurableJournal;
import io.synod.storage.journal.JournalRunner;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.sealed.MapDbSegmentStore;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.DiskIdentity;
import io.synod.storage.tail.Superblock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The data directory of one sidecar: its lock, its journal, and the thread that seals in the
 * background. Close it after the loop has ended; {@link #journal} belongs to the loop's thread.
 */
public final class DataDirectory implements AutoCloseable {
  /** The name of the directory of sealed files. */
  public static final String SEGMENTS = "segments";

  private final DirectoryLock lock;
  private final ExecutorService executor;
  private final DurableJournal journal;

  private DataDirectory(DirectoryLock lock, ExecutorService executor, DurableJournal journal) {
    this.lock = lock;
    this.executor = executor;
    this.journal = journal;
  }

  /**
   * Opens {@code directory} for a node; if it is missing or empty, creates it with a new
   * incarnation.
   *
   * <p>A directory that was restored from a backup has an identity of its own, which is derived
   * from the cluster's and the backup's: see {@link DirectoryIdentity}.
   *
   * @param cluster the digest that identifies the cluster
   * @throws DirectoryException if it cannot be used as it is
   * @throws JournalException if it is damaged or the disk fails
   */
  public static DataDirectory open(
      Path directory, long cluster, int node, StorageSettings settings, Clock clock) {
    Path real = DirectoryMaker.prepare(directory, FileDisk::syncDirectory);
    DirectoryContents.refuseForeign(real);
    DirectoryLock lock = DirectoryLock.take(real);
    ExecutorService executor = null;
    SegmentStore segmentStore = null;
    try {
      FileDisk disk = new FileDisk(real);
      long restore = Superblock.restoreOf(disk);
      DiskIdentity identity = DirectoryIdentity.of(cluster, node, restore);
      Path segments = DirectoryMaker.segments(real);
      segmentStore = MapDbSegmentStore.open(segments, identity.cluster());
      executor = Executors.newSingleThreadExecutor(DataDirectory::thread);
      JournalRunner runner = new JournalRunner(clock, executor);
      DurableJournal journal = DurableJournal.open(disk, segmentStore, identity, settings, runner);
      return new DataDirectory(lock, executor, journal);
    } catch (IOException e) {
      release(lock, executor, segmentStore);
      throw new JournalException(real + ": " + FileErrorReason.of(real.toString(), e), e);
    } catch (RuntimeException e) {
      release(lock, executor, segmentStore);
      throw e;
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "synod-sealer");
    thread.setDaemon(true);
    return thread;
  }

  /** The journal; {@link DurableJournal#close} is called by {@link #close}. */
  public DurableJournal journal() {
    return journal;
  }

  /** The identity of this disk, chosen when the directory was first used. */
  public long incarnation() {
    return journal.incarnation();
  }

  /** Identifies the backup from which the directory was restored, and how; 0 if it began empty. */
  public long restore() {
    return journal.restore();
  }

  @Override
  public void close() {
    try {
      journal.close();
    } finally {
      release(lock, executor, null);
    }
  }

  private static void release(
      DirectoryLock lock, @Nullable ExecutorService executor, @Nullable SegmentStore segmentStore) {
    if (executor != null) {
      executor.shutdown();
    }
    if (segmentStore != null) {
      segmentStore.close();
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw new JournalException(
          "cannot release the lock of the data directory: " + e.getMessage(), e);
    }
  }
}
