package io.synod.backup;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.backup.BackupReader;
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
 * in a file beside it, which {@link #close} removes unless it is complete.
 */
public final class PartFile implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final Existing existing;
  private final FileChannel channel;
  private boolean complete;

  /** What becomes of an existing file. */
  public enum Existing {
    /** It is kept, and the error names the option that replaces it. */
    KEPT_WITHOUT_FORCE,
    /** It is kept. */
    KEPT,
    /** It is replaced. */
    REPLACED
  }

  private PartFile(Path file, Path part, Existing existing, FileChannel channel) {
    this.file = file;
    this.part = part;
    this.existing = existing;
    this.channel = channel;
  }

  /** Begins to write {@code file}. */
  public static PartFile create(Path file, Existing existing) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("cannot write " + file + ": it is a directory");
    }
    refuse(file, existing);
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
      return new PartFile(file, part, existing, channel);
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

  private static void refuse(Path file, Existing existing) throws IOException {
    if (existing != Existing.REPLACED && Files.exists(file)) {
      throw new IOException(
          file
              + " exists: choose another name"
              + (existing == Existing.KEPT ? "" : ", or overwrite it with --force"));
    }
  }

  private static IOException unwritable(Path path, IOException e) {
    return new IOException(
        "cannot write " + path + ": " + FileErrorReason.of(path.toString(), e), e);
  }

  /** Appends bytes. */
  public void write(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }

  /**
   * Makes a backup that was written durable, decodes it again, and gives the file its name.
   *
   * @param bytes its length
   * @param sha256 of all its bytes
   */
  public BackupReader.Backup completeBackup(long bytes, Bytes sha256) throws IOException {
    sync();
    BackupReader.Backup backup;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(part))) {
      backup = BackupReader.read(in, BackupReader.AppReceiver.NONE);
    }
    if (backup.bytes() != bytes || !backup.sha256().equals(sha256)) {
      throw new IOException("the file does not hold the bytes that were written to it");
    }
    complete();
    return backup;
  }

  private void sync() throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }

  /** Gives the file its name, and makes that durable. */
  private void complete() throws IOException {
    refuse(file, existing);
    try {
      if (existing == Existing.REPLACED) {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        // Unlike a move, a link never replaces a file that was created meanwhile.
        link();
      }
      complete = true;
      io.synod.storage.disk.FileDisk.syncDirectory(
          java.util.Objects.requireNonNull(file.toAbsolutePath().getParent()));
    } catch (FileAlreadyExistsException e) {
      refuse(file, existing);
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
