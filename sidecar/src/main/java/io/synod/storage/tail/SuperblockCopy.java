package io.synod.storage.tail;

import io.synod.paxos.value.Ballot;
import io.synod.storage.disk.DirectoryException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a superblock: its content, and how that is written as bytes. Copies with an odd
 * sequence are in the second place.
 *
 * @param sequence counts the writes of the superblock
 */
public record SuperblockCopy(long sequence, DiskIdentity identity, State state) {
  // Format 2: slots carry their effects as bytes, and snapshots replace trimmed slots.
  private static final int EMPTY_FORMAT = 2;

  // Format 3, of disks that were restored: also holds what identifies the backup. Other disks keep
  // format 2.
  private static final int RESTORED_FORMAT = 3;
  private static final long MAGIC = 0x53594E4F44534231L;

  private static final int CONTENT_BYTES = 96;

  private static final int CRC_AT = CONTENT_BYTES;
  private static final int RESTORE_AT = CONTENT_BYTES;
  private static final int RESTORED_CRC_AT = RESTORE_AT + Long.BYTES;

  /** How many bytes of a copy are used at most: its content and its checksum. */
  public static final int USED_BYTES = RESTORED_CRC_AT + Integer.BYTES;

  // The position of the checksum in the first format, which is no longer supported.
  private static final int FIRST_FORMAT = 1;
  private static final int FIRST_CRC_AT = 88;

  /**
   * A lower bound of what the tail must hold.
   *
   * @param floor the promise is not below this
   * @param oldest the first tail file that is needed; 0 if none was used yet
   * @param newest the last tail file that surely holds a frame; 0 if none was used yet
   * @param sealed the archive reaches at least to this slot; if it does not, a snapshot does, and
   *     the archive continues after this slot
   * @param commands how many commands there are up to {@code sealed}
   */
  public record State(Ballot floor, long oldest, long newest, long sealed, long commands) {
    /** The bound of an empty tail. */
    static final State NOTHING = new State(Ballot.NONE, 0, 0, 0, 0);
  }

  /** The format in which it is written. */
  public int format() {
    return identity.restore() == 0 ? EMPTY_FORMAT : RESTORED_FORMAT;
  }

  /** The place of the copy in the file: 0 or 1. */
  int place() {
    return placeOf(sequence);
  }

  private static int placeOf(long sequence) {
    return (int) (sequence & 1);
  }

  /** Its bytes, in a sector. */
  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(Frame.SECTOR_BYTES);
    Ballot floor = state.floor;
    out.putLong(0, MAGIC)
        .putInt(8, format())
        .putInt(12, identity.node())
        .putLong(16, sequence)
        .putLong(24, identity.cluster())
        .putLong(32, identity.incarnation())
        .putLong(40, floor.round())
        .putInt(48, floor.priority())
        .putInt(52, floor.node())
        .putLong(56, floor.incarnation())
        .putLong(64, state.oldest)
        .putLong(72, state.newest)
        .putLong(80, state.sealed)
        .putLong(88, state.commands);
    if (format() == RESTORED_FORMAT) {
      out.putLong(RESTORE_AT, identity.restore());
    }
    int crcAt = crcAt(format());
    return out.putInt(crcAt, TailRecord.crc(out, 0, crcAt));
  }

  /**
   * The copy that {@code in} holds; null if it is damaged, or belongs in the other place.
   *
   * @param path the file, for an error
   * @throws DirectoryException if it has another format
   */
  static @Nullable SuperblockCopy decode(String path, ByteBuffer in, int place) {
    int format = in.getInt(8);
    int crcAt = crcAt(format);
    if (in.getLong(0) != MAGIC || in.getInt(crcAt) != TailRecord.crc(in, 0, crcAt)) {
      return null;
    }
    if (format != EMPTY_FORMAT && format != RESTORED_FORMAT) {
      throw new DirectoryException(
          path
              + " has format "
              + format
              + "; this version reads "
              + EMPTY_FORMAT
              + " and "
              + RESTORED_FORMAT);
    }
    long sequence = in.getLong(16);
    if (placeOf(sequence) != place) {
      return null;
    }
    DiskIdentity identity =
        new DiskIdentity(
            in.getLong(24),
            in.getInt(12),
            in.getLong(32),
            format == RESTORED_FORMAT ? in.getLong(RESTORE_AT) : 0);
    Ballot floor = new Ballot(in.getLong(40), in.getInt(48), in.getInt(52), in.getLong(56));
    State state = new State(floor, in.getLong(64), in.getLong(72), in.getLong(80), in.getLong(88));
    return new SuperblockCopy(sequence, identity, state);
  }

  private static int crcAt(int format) {
    return switch (format) {
      case FIRST_FORMAT -> FIRST_CRC_AT;
      case RESTORED_FORMAT -> RESTORED_CRC_AT;
      default -> CRC_AT;
    };
  }
}
