package io.synod.storage.tail;

import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.Damage;
import io.synod.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One file of the tail. Any thread may read it; the loop's thread writes. */
public final class TailFile {
  private static final String PREFIX = "tail-";
  private static final int CHUNK_BYTES = 64 * 1024;

  private final long sequence;
  private final String path;
  private final Disk.BlockFile file;
  // Invariant: no proposal in this file is for a slot above it.
  private volatile long slotMax;

  TailFile(Disk disk, long sequence, Disk.BlockFile file) {
    this.sequence = sequence;
    this.path = disk.path(name(sequence));
    this.file = file;
  }

  public static String name(long sequence) {
    return String.format(Locale.ROOT, PREFIX + "%016x", sequence);
  }

  /** The number in a file's name, or null if it is not a file of the tail. */
  static @Nullable public Long sequenceOf(String name) {
    if (!name.startsWith(PREFIX) || name.length() != PREFIX.length() + 16) {
      return null;
    }
    try {
      long sequence = Long.parseLong(name.substring(PREFIX.length()), 16);
      return sequence > 0 && name(sequence).equals(name) ? sequence : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  public long sequence() {
    return sequence;
  }

  public String name() {
    return name(sequence);
  }

  Disk.BlockFile file() {
    return file;
  }

  public long size() {
    return file.size();
  }

  public long slotMax() {
    return slotMax;
  }

  void holds(long slot) {
    slotMax = Math.max(slotMax, slot);
  }

  /** The bytes at {@code offset}, in a buffer that begins at 0. */
  ByteBuffer read(long offset, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    file.read(offset, buffer);
    return buffer.flip();
  }

  /** The bytes at {@code offset}, bypassing the page cache where possible. */
  ByteBuffer readUncached(long offset, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    file.readUncached(offset, buffer);
    return buffer.flip();
  }

  /** Whether it is all zeroes, however it is read. */
  boolean isBlank() throws IOException {
    for (long at = 0; at < size(); at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, size() - at);
      if (!Frame.isZero(read(at, bytes), 0, bytes)
          || !Frame.isZero(readUncached(at, bytes), 0, bytes)) {
        return false;
      }
    }
    return true;
  }

  /** An error that reports damage at {@code offset}. */
  public JournalException damaged(long offset, String what) {
    return Damage.of(path, " at offset " + offset + ": " + what);
  }

  @Override
  public String toString() {
    return path;
  }
}
