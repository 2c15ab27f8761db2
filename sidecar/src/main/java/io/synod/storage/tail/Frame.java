package io.synod.storage.tail;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header of one write to the tail; its records follow it, then zeroes up to the next sector.
 *
 * @param cluster the cluster
 * @param file the number of the file it is in
 * @param fileBytes the length with which that file was created
 * @param offset where it begins there
 * @param number counts frames through all files, without gaps
 * @param synced every frame up to this number was synced before this one was written
 * @param payloadBytes the length of its records
 * @param zeroSectors how many of its sectors were written as zeroes only: if more are zero, it is
 *     torn
 */
public record Frame(
    long cluster,
    long file,
    long fileBytes,
    long offset,
    long number,
    long synced,
    int payloadBytes,
    int zeroSectors) {

  /** The unit that a disk writes atomically; frames begin and end at its multiples. */
  public static final int SECTOR_BYTES = 512;

  static final int HEADER_BYTES = 64;

  private static final int MAGIC = 0x53594E46;
  private static final int CRC_AT = HEADER_BYTES - Integer.BYTES;

  /** The length in the file of a frame with this payload. */
  static long extent(long payloadBytes) {
    return (HEADER_BYTES + payloadBytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  }

  long extent() {
    return extent(payloadBytes);
  }

  /** Writes the header at the beginning of {@code out}, without changing its position. */
  void encode(ByteBuffer out) {
    out.putInt(0, MAGIC)
        .putInt(4, payloadBytes)
        .putLong(8, cluster)
        .putLong(16, file)
        .putLong(24, fileBytes)
        .putLong(32, offset)
        .putLong(40, number)
        .putLong(48, synced)
        .putInt(56, zeroSectors)
        .putInt(CRC_AT, crc(out, 0));
  }

  /** The header at {@code at}, or null if there is no intact one. */
  static @Nullable Frame decode(ByteBuffer in, int at) {
    if (in.getInt(at) != MAGIC || in.getInt(at + CRC_AT) != crc(in, at)) {
      return null;
    }
    return new Frame(
        in.getLong(at + 8),
        in.getLong(at + 16),
        in.getLong(at + 24),
        in.getLong(at + 32),
        in.getLong(at + 40),
        in.getLong(at + 48),
        in.getInt(at + 4),
        in.getInt(at + 56));
  }

  /**
   * Counts the sectors that are all zeroes, from the second on, up to {@code end}. The first holds
   * the header.
   */
  static int zeroSectors(ByteBuffer frame, int end) {
    int count = 0;
    for (int at = SECTOR_BYTES; at < end; at += SECTOR_BYTES) {
      count += isZero(frame, at, Math.min(at + SECTOR_BYTES, end)) ? 1 : 0;
    }
    return count;
  }

  /** Whether the bytes from {@code from} to before {@code end} are all zeroes. */
  static boolean isZero(ByteBuffer bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int crc(ByteBuffer buffer, int at) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().limit(at + CRC_AT).position(at));
    return (int) crc.getValue();
  }
}
