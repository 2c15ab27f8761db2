package io.synod.storage.offline;

import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import io.synod.runtime.port.JournalException;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.directory.DirectoryContents;
import io.synod.storage.directory.DirectoryLock;
import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.disk.FileErrorReason;
import io.synod.storage.disk.FirstFailure;
import io.synod.storage.journal.SnapshotInventory;
import io.synod.storage.sealed.MapDbStreamStore;
import io.synod.storage.sealed.SealedLog;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.CarryOver;
import io.synod.storage.tail.RecordLocation;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.SuperblockCopy;
import io.synod.storage.tail.TailIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The data directory of a node that does not run, read by the code that a start uses. Nothing in it
 * is changed: files are opened and mapped for reading only, and what a start repairs stays as it
 * is. While it is open, no sidecar can use the directory.
 */
public final class OfflineDirectory implements AutoCloseable {
  private final Path path;
  private final DirectoryContents contents;
  private final DirectoryLock lock;
  private final Superblock.CopyPair copies;
  private final SuperblockCopy superblock;
  private final SealedLog archive;
  private final MapDbStreamStore streams;
  private final SnapshotInventory snapshots;
  private final OfflineTail tail;
  private final Faults faults = new Faults();
  private final List<Path> incomplete = new ArrayList<>();
  private final boolean archiveObsolete;
  private final boolean archiveReplaced;

  /**
   * Opens a data directory.
   *
   * @throws DirectoryException if it is none, has another format, or a sidecar uses it
   * @throws JournalException if it is so damaged that nothing can be read
   */
  public static OfflineDirectory open(Path directory) {
    Path real = real(directory);
    DirectoryContents contents = DirectoryContents.read(real);
    if (!contents.isUsed()) {
      throw new DirectoryException(
          directory + " is no data directory: it holds no superblock and no log of Synod");
    }
    DirectoryLock lock = DirectoryLock.takeForReading(real);
    try {
      return new OfflineDirectory(real, contents, lock);
    } catch (IOException e) {
      release(lock);
      throw new JournalException(real + ": " + FileErrorReason.of(real.toString(), e), e);
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  private static Path real(Path directory) {
    try {
      Path real = directory.toRealPath();
      if (!Files.isDirectory(real)) {
        throw new DirectoryException(directory + " is no data directory: it is a file");
      }
      return real;
    } catch (IOException e) {
      throw new DirectoryException(
          directory + ": " + FileErrorReason.of(directory.toString(), e), e);
    }
  }

  private OfflineDirectory(Path path, DirectoryContents contents, DirectoryLock lock)
      throws IOException {
    this.path = path;
    this.contents = contents;
    this.lock = lock;
    Disk disk = FileDisk.readOnly(path);
    this.copies = copies(disk);
    this.superblock = Superblock.newest(disk, copies);
    Path segments = path.resolve(DataDirectory.SEGMENTS);
    if (!Files.isDirectory(segments)) {
      throw new JournalException(segments + " is missing, although a superblock is there");
    }
    long cluster = superblock.identity().cluster();
    this.archive = SealedLog.open(segments, cluster, faults::add);
    this.streams = MapDbStreamStore.open(segments, cluster, incomplete::add);
    incomplete.addAll(archive.incomplete());
    this.snapshots = SnapshotInventory.open(streams);
    this.archiveObsolete = isArchiveObsolete(disk);
    this.tail = readTail(disk);
    this.archiveReplaced = continueAfterSnapshot() || archiveObsolete;
    if (!archiveReplaced) {
      faults.addUnlessDamaged(() -> snapshots.mustReachBeginning(archive.span(), disk));
    }
    if (snapshots.isDistrusted()) {
      faults.addRepaired(
          path
              + ": its state differs from that of a majority, and its sidecar takes it anew from a"
              + " peer");
    }
    // Last, since a copy that one write left torn must hide no other fault.
    if (copies.first() == null || copies.second() == null) {
      int offset = copies.first() == null ? 0 : Superblock.COPY_BYTES;
      faults.addRepaired(
          disk.path(Superblock.NAME)
              + ": damaged at offset "
              + offset
              + ": one of the two copies, which a start writes again");
    }
  }

  private static Superblock.CopyPair copies(Disk disk) throws IOException {
    if (!disk.list().contains(Superblock.NAME)) {
      throw Superblock.missing(disk);
    }
    try (Disk.BlockFile file = disk.open(Superblock.NAME)) {
      return Superblock.read(disk, file);
    }
  }

  /** Whether a snapshot has replaced the segments, which a start removes then. */
  private boolean isArchiveObsolete(Disk disk) {
    SuperblockCopy.State known = superblock.state();
    long through = archive.span().through();
    if (through >= known.sealed()) {
      return false;
    }
    faults.addUnlessDamaged(() -> snapshots.mustReachSealed(known, through, disk));
    return snapshots.newest().slot() >= known.sealed();
  }

  private OfflineTail readTail(Disk disk) {
    SuperblockCopy.State known = superblock.state();
    TailIndex index =
        archiveObsolete
            ? new TailIndex(known.sealed(), known.commands())
            : new TailIndex(archive.span().through(), archive.span().commands());
    return new OfflineTail(disk, superblock, index, faults);
  }

  /** Whether the log continues after a snapshot, as a start would continue it. */
  private boolean continueAfterSnapshot() {
    SnapshotMark newest = snapshots.newest();
    TailIndex index = tail.index();
    if (!faults.isEmpty() || newest.slot() <= index.applied()) {
      return false;
    }
    index.restart(newest.slot(), newest.index());
    return true;
  }

  public Path path() {
    return path;
  }

  public Superblock.CopyPair superblocks() {
    return copies;
  }

  public SuperblockCopy superblock() {
    return superblock;
  }

  /** The promise and the formation. */
  public CarryOver promises() {
    return tail.carryOver();
  }

  /** The faults found so far; reading more of the directory may add some. */
  public Faults faults() {
    return faults;
  }

  public SnapshotInventory snapshots() {
    return snapshots;
  }

  public List<SealedLog.SealedFile> segments() {
    return archive.files();
  }

  /** Reads every record of every segment. */
  public void verifySegments() {
    archive.verify(faults::add);
  }

  /** Every file of the tail, in the order of the log. */
  public List<TailEntry> tailFiles() throws IOException {
    return tail.files(path);
  }

  /** What a start would remove or drop, in words. It is no fault. */
  public List<String> leftovers() {
    List<String> notes = new ArrayList<>();
    if (!tail.tornEnd().isEmpty()) {
      notes.add(tail.tornEnd());
    }
    for (Path file : incomplete) {
      notes.add(path.relativize(file) + ": was being written; a start removes it");
    }
    if (archiveReplaced && !archive.files().isEmpty()) {
      notes.add("a snapshot has replaced the segments; a start removes them");
    }
    contents.foreign().forEach(name -> notes.add(name + ": foreign, and left alone by a start"));
    return notes;
  }

  /** The last slot that is recorded as applied. */
  public long applied() {
    return tail.index().applied();
  }

  /** How many commands the slots up to {@link #applied} hold. */
  public long appliedIndex() {
    return tail.index().commands();
  }

  /** The first slot that can be read; the one after {@link #applied} if there is none below. */
  public long firstSlot() {
    SegmentStore.Span span = archive.span();
    if (!span.isEmpty() && !archiveReplaced) {
      return span.first();
    }
    for (TailIndex.IndexedSlot slot : tail.index().above(0)) {
      return slot.highest().record().slot();
    }
    return applied() + 1;
  }

  /** Visits the slots from {@code from} through {@code through}, in order. */
  public void visitLog(long from, long through, OfflineSlot.Visitor visitor) {
    long sealed = archiveReplaced ? 0 : archive.span().through();
    SealedLog.SlotVisitor sealedSlots =
        (file, slot) ->
            visitor.visit(
                new OfflineSlot(
                    slot.slot().proposal(), true, true, slot.slot().firstIndex(), file));
    if (sealed > 0 && !archive.visit(from, through, sealedSlots, faults::add)) {
      return;
    }
    for (TailIndex.IndexedSlot slot : tail.index().above(sealed)) {
      long number = slot.highest().record().slot();
      if (number > through || (number >= from && !visit(slot, number, visitor))) {
        return;
      }
    }
  }

  private boolean visit(TailIndex.IndexedSlot slot, long number, OfflineSlot.Visitor visitor) {
    RecordLocation highest = slot.highest();
    boolean applied = number <= applied() && slot.firstIndex() > 0;
    boolean learned = slot.records().stream().anyMatch(record -> record.vote().learned());
    try {
      return visitor.visit(
          new OfflineSlot(
              highest.proposal(),
              applied || learned,
              applied,
              slot.firstIndex(),
              highest.file().name()));
    } catch (JournalException e) {
      faults.add(e);
    } catch (IOException e) {
      faults.add(highest.file() + ": " + FileErrorReason.of(highest.file().toString(), e));
    }
    return true;
  }

  /** Receives records in order. */
  public interface RecordVisitor {
    /** Returns whether to continue. */
    boolean visit(OfflineRecord record);
  }

  /**
   * Visits the votes for the slots from {@code from} through {@code through}, the sealed ones
   * first, and the promises in the tail.
   */
  public void visitVotes(long from, long through, RecordVisitor visitor) {
    SealedLog.SlotVisitor sealedVotes =
        (file, slot) -> {
          for (Vote vote : slot.votes()) {
            if (!visitor.visit(OfflineRecord.of(slot.slot().proposal().slot(), vote, file))) {
              return false;
            }
          }
          return true;
        };
    if (!archive.visit(from, through, sealedVotes, faults::add)) {
      return;
    }
    for (OfflineRecord record : tail.records()) {
      boolean wanted =
          record.value() == null || (record.slot() >= from && record.slot() <= through);
      if (wanted && !visitor.visit(record)) {
        return;
      }
    }
  }

  @Override
  public void close() {
    try {
      tail.close();
    } catch (IOException e) {
      throw FirstFailure.describe(FileDisk.readOnly(path), e);
    } finally {
      streams.close();
      release(lock);
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
