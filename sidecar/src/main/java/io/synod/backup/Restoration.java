package io.synod.backup;

import io.synod.cli.shared.InputSource;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.backup.BackupException;
import io.synod.runtime.backup.BackupReader;
import io.synod.runtime.port.StreamWriter;
import io.synod.runtime.snapshot.StoredState;
import io.synod.state.RestoredState;
import io.synod.state.State;
import io.synod.state.StateWriter;
import io.synod.storage.directory.RestoredDirectory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes the data directory of one node from a backup. It reads the backup twice: once to verify all
 * of it before anything is written, and once to write, verifying it again before the directory is
 * complete.
 *
 * @param cluster the digest that identifies the cluster by its name and voters
 * @param skip by how much the index of the restored state is above the backup's
 */
public record Restoration(
    Path file, Path directory, long cluster, int node, SortedSet<Integer> voters, long skip) {
  /** The longest jump of the index. */
  public static final long SKIP_MAX = 1_000_000_000_000_000L;

  /**
   * A restored directory.
   *
   * @param mark the position in the log with which it begins
   * @param identity the number by which the disk knows its cluster
   */
  public record Restored(SnapshotMark backup, SnapshotMark mark, long identity, String origin) {}

  /**
   * Makes the directory.
   *
   * @throws IOException if the backup cannot be read, is damaged or of a later version, or cannot
   *     be continued
   * @throws io.synod.storage.disk.DirectoryException if the directory is in use or not empty
   * @throws io.synod.runtime.port.JournalException if it cannot be written
   */
  public Restored run() throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      throw new IOException(file + " is no regular file, and a restore reads its backup twice");
    }
    BackupReader.Backup verified = read(BackupReader.AppReceiver.NONE);
    mustHaveSuccessor(verified.header().mark());
    long restore = restore(verified);
    try (RestoredDirectory made = RestoredDirectory.create(directory, cluster, node, restore)) {
      State state = RestoredState.of(verified.state(), skip, voters);
      SnapshotMark mark = StoredState.markOf(state);
      writeState(state, mark, made);
      AppCopy copy = new AppCopy(made, mark.index());
      try {
        if (!read(copy).sha256().equals(verified.sha256())) {
          throw new IOException(file + " was changed while it was read");
        }
      } finally {
        copy.close();
      }
      made.complete(mark);
      return new Restored(
          verified.header().mark(), mark, made.cluster(), verified.header().cluster());
    }
  }

  private void mustHaveSuccessor(SnapshotMark backup) throws IOException {
    if (backup.slot() == 0) {
      throw new IOException(
          file + " holds the state before the first command: start an empty cluster instead");
    }
    if (backup.index() >= Long.MAX_VALUE - skip) {
      throw new IOException(
          file
              + " cannot be restored: its index is "
              + backup.index()
              + ", too high to skip "
              + skip);
    }
  }

  private BackupReader.Backup read(BackupReader.AppReceiver receiver) throws IOException {
    try (InputStream in = new BufferedInputStream(InputSource.open(file))) {
      return BackupReader.read(in, receiver);
    } catch (BackupException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Equal for the same file and jump only, and never 0. */
  private long restore(BackupReader.Backup backup) {
    byte[] both =
        ByteBuffer.allocate(backup.sha256().size() + Long.BYTES)
            .put(backup.sha256().array())
            .putLong(skip)
            .array();
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(both)).getLong() | 1;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static void writeState(State state, SnapshotMark mark, RestoredDirectory to) {
    try (StreamWriter writer = to.snapshots().stageState(mark)) {
      for (Iterator<byte[]> chunks = StateWriter.chunks(state); chunks.hasNext(); ) {
        writer.append(chunks.next());
      }
      writer.seal();
    }
  }

  /** Copies the snapshots of consumers to the directory, as of the index of the restored state. */
  private static final class AppCopy implements BackupReader.AppReceiver, AutoCloseable {
    private final RestoredDirectory to;
    private final long index;
    private @Nullable StreamWriter writer;

    AppCopy(RestoredDirectory to, long index) {
      this.to = to;
      this.index = index;
    }

    @Override
    public void begin(State state, BackupReader.AppEntry app) {
      writer = to.snapshots().stageApp(app.consumer(), index);
    }

    @Override
    public void add(byte[] piece) {
      Objects.requireNonNull(writer).append(piece);
    }

    @Override
    public void end() {
      Objects.requireNonNull(writer).seal();
      close();
    }

    @Override
    public void close() {
      if (writer != null) {
        writer.close();
        writer = null;
      }
    }
  }
}
