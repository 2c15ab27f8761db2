package io.synod.storage.tail;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Check;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.Damage;
import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.FirstFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The superblock of a disk: its owner and a lower bound of what its tail must hold, in two copies.
 * A copy fits a sector, so a power failure leaves it old or new. The second copy is written once
 * the first is durable, and before anything that the old bound requires is removed: so either copy
 * alone is sufficient, at any time. The bound lags behind the tail; it reveals missing files and
 * promises. One thread owns it.
 */
public final class Superblock {
  public static final String NAME = "superblock";

  /** The distance between the two copies. */
  public static final int COPY_BYTES = 4096;

  private final Disk.BlockFile file;
  private final DiskIdentity identity;
  private long sequence;
  private SuperblockCopy.State state;

  /**
   * Both copies; null where one is damaged or cannot be read.
   *
   * @param error the error of a read that failed; null if all succeeded
   */
  public record CopyPair(
      @Nullable SuperblockCopy first,
      @Nullable SuperblockCopy second,
      @Nullable IOException error) {

    /** The copy that was written last. */
    public @Nullable SuperblockCopy newest() {
      boolean second =
          first == null || (this.second != null && this.second.sequence() > first.sequence());
      return second ? this.second : first;
    }
  }

  private Superblock(Disk.BlockFile file, SuperblockCopy copy) {
    this.file = file;
    this.identity = copy.identity();
    this.sequence = copy.sequence();
    this.state = copy.state();
  }

  /**
   * Opens the superblock, or writes a first one on an empty disk.
   *
   * @param empty whether there are no other files of a journal
   * @throws DirectoryException if the disk is of another cluster or node
   * @throws JournalException if it is damaged
   */
  public static Superblock open(Disk disk, DiskIdentity wanted, boolean empty) throws IOException {
    boolean there = disk.list().contains(NAME);
    if (there && empty && isBlank(disk)) {
      // The process ended while it initialized this disk; nothing was promised yet.
      disk.delete(NAME);
      there = false;
    }
    if (!there && !empty) {
      throw missing(disk);
    }
    return there ? load(disk, wanted) : format(disk, wanted, SuperblockCopy.State.NOTHING);
  }

  /** An error that reports that there is none on a disk that was used. */
  public static JournalException missing(Disk disk) {
    return new JournalException(
        disk.path(NAME) + " is missing, although other files of a journal are there");
  }

  /**
   * Writes the first superblock of a disk whose snapshot replaces all slots up to {@code through}.
   * Until it returns, the disk has no owner, and no journal can be opened on it.
   *
   * @param commands how many commands there are up to {@code through}
   */
  public static void formatRestored(Disk disk, DiskIdentity identity, long through, long commands)
      throws IOException {
    Check.that(identity.restore() != 0, "a restored disk says from what");
    format(disk, identity, new SuperblockCopy.State(Ballot.NONE, 0, 0, through, commands)).close();
  }

  /**
   * What identifies the backup from which a disk was restored; 0 if it was not, or has no owner.
   *
   * @throws JournalException if both copies are damaged
   */
  public static long restoreOf(Disk disk) throws IOException {
    if (!disk.list().contains(NAME) || isBlank(disk)) {
      return 0;
    }
    try (Disk.BlockFile file = disk.open(NAME)) {
      return newest(disk, read(disk, file)).identity().restore();
    }
  }

  private static boolean isBlank(Disk disk) throws IOException {
    try (Disk.BlockFile file = disk.open(NAME)) {
      int bytes = (int) Math.min(file.size(), 2 * COPY_BYTES);
      ByteBuffer cached = ByteBuffer.allocate(bytes);
      file.read(0, cached);
      ByteBuffer device = ByteBuffer.allocate(bytes);
      file.readUncached(0, device);
      return Frame.isZero(cached, 0, bytes) && Frame.isZero(device, 0, bytes);
    }
  }

  private static Superblock format(Disk disk, DiskIdentity identity, SuperblockCopy.State state)
      throws IOException {
    Disk.BlockFile file = disk.create(NAME, 2 * COPY_BYTES);
    Superblock superblock = new Superblock(file, new SuperblockCopy(0, identity, state));
    superblock.write(state);
    return superblock;
  }

  private static Superblock load(Disk disk, DiskIdentity wanted) throws IOException {
    Disk.BlockFile file = disk.open(NAME);
    SuperblockCopy best = newest(disk, read(disk, file));
    refuseForeign(disk, wanted, best.identity());
    Superblock superblock = new Superblock(file, best);
    // What was read may be only in the page cache, and one copy may be damaged or older.
    superblock.write(best.state());
    return superblock;
  }

  /**
   * Reads both copies, and changes nothing.
   *
   * @throws DirectoryException if they have another format
   */
  public static CopyPair read(Disk disk, Disk.BlockFile file) {
    CopyRead first = read(disk, file, 0);
    CopyRead second = read(disk, file, 1);
    return new CopyPair(first.copy, second.copy, first.error == null ? second.error : first.error);
  }

  /**
   * The copy that was written last.
   *
   * @throws JournalException if neither is intact
   */
  public static SuperblockCopy newest(Disk disk, CopyPair copies) {
    SuperblockCopy newest = copies.newest();
    if (newest == null) {
      IOException error = copies.error;
      if (error != null) {
        throw FirstFailure.describe(disk, error);
      }
      throw Damage.of(disk.path(NAME), " in both copies, at offset 0 and at offset " + COPY_BYTES);
    }
    return newest;
  }

  private static void refuseForeign(Disk disk, DiskIdentity wanted, DiskIdentity found) {
    if (found.cluster() != wanted.cluster()) {
      throw new DirectoryException(
          disk.path(NAME)
              + " belongs to another cluster: "
              + Long.toHexString(found.cluster())
              + ", not "
              + Long.toHexString(wanted.cluster())
              + (wanted.restore() == 0
                  ? ""
                  : "; it was restored for another cluster name, or for other voters"));
    }
    if (found.node() != wanted.node()) {
      throw new DirectoryException(
          disk.path(NAME) + " belongs to node " + found.node() + ", not to node " + wanted.node());
    }
  }

  /** The copy at this position, if one of two reads returns it. */
  private static CopyRead read(Disk disk, Disk.BlockFile file, int place) {
    int offset = place * COPY_BYTES;
    if (file.size() < offset + SuperblockCopy.USED_BYTES) {
      return new CopyRead(null, null);
    }
    ByteBuffer in = ByteBuffer.allocate(SuperblockCopy.USED_BYTES);
    IOException error = null;
    try {
      file.read(offset, in);
      SuperblockCopy cached = SuperblockCopy.decode(disk.path(NAME), in, place);
      if (cached != null) {
        return new CopyRead(cached, null);
      }
    } catch (IOException e) {
      error = e;
    }
    try {
      file.readUncached(offset, in.clear());
      return new CopyRead(SuperblockCopy.decode(disk.path(NAME), in, place), error);
    } catch (IOException e) {
      return new CopyRead(null, error == null ? e : error);
    }
  }

  /** The result of reading one copy, with the error of a read that failed. */
  private record CopyRead(@Nullable SuperblockCopy copy, @Nullable IOException error) {}

  /** Replaces the lower bound; both copies are durable once this returns. */
  public void write(SuperblockCopy.State next) throws IOException {
    Check.that(!state.floor().above(next.floor()), "the promise on a disk never falls");
    Check.that(
        next.newest() >= state.newest(),
        "the log continues in a later file",
        next.newest(),
        state.newest());
    Check.that(
        next.sealed() >= state.sealed(), "sealed slots stay sealed", next.sealed(), state.sealed());
    Check.that(
        next.oldest() <= next.newest(),
        "the oldest file is not the latest",
        next.oldest(),
        next.newest());
    writeCopy(next);
    writeCopy(next);
    state = next;
  }

  /** Writes the older copy. */
  private void writeCopy(SuperblockCopy.State next) throws IOException {
    sequence++;
    SuperblockCopy copy = new SuperblockCopy(sequence, identity, next);
    file.write((long) copy.place() * COPY_BYTES, copy.encode());
    file.sync();
  }

  /** The state that was written last. */
  public SuperblockCopy.State state() {
    return state;
  }

  /** The owner of this disk, with its incarnation. */
  public DiskIdentity identity() {
    return identity;
  }

  public long bytes() {
    return file.size();
  }

  public void close() throws IOException {
    file.close();
  }

  /** Whether there are files of a tail on the disk. */
  public static boolean hasTail(Disk disk) throws IOException {
    return disk.list().stream().anyMatch(name -> TailFile.sequenceOf(name) != null);
  }
}
