package io.synod.sim.disk;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file: what a process reads, which is the memory of the operating system, and
 * what the platter has of the sectors that differ.
 */
final class SectorFile {
  private static final int SECTOR = FaultyDisk.SECTOR_BYTES;
  private static final int KEEP_ALL = 3;
  private static final int LOSE_ALL = 0;

  private final long size;
  // Null: all zero.
  private byte[] @Nullable [] sectors;
  // Before the first unsynced write; an empty array stands for zeroes.
  private final TreeMap<Integer, byte[]> platter = new TreeMap<>();
  // Of sectors that a failed sync left clean, and did not write: what the platter has.
  private final TreeMap<Integer, byte[]> lost = new TreeMap<>();
  private static final byte[] ZEROES = new byte[0];

  SectorFile(long size) {
    this.size = size;
    this.sectors = new byte[(int) ((size + SECTOR - 1) / SECTOR)][];
  }

  long size() {
    return size;
  }

  void write(long offset, ByteBuffer content) {
    long at = offset;
    while (content.hasRemaining()) {
      int sector = (int) (at / SECTOR);
      int within = (int) (at % SECTOR);
      int length = Math.min(SECTOR - within, content.remaining());
      byte[] old = sectors[sector];
      boolean fresh = false;
      byte[] unwritten = lost.remove(sector);
      if (unwritten != null) {
        platter.put(sector, unwritten);
      } else if (!platter.containsKey(sector)) {
        platter.put(sector, old == null ? ZEROES : old);
        fresh = true;
      }
      byte[] target = old;
      if (target == null) {
        target = new byte[SECTOR];
      } else if (fresh) {
        target = old == null ? new byte[SECTOR] : old.clone();
      }
      content.get(target, within, length);
      sectors[sector] = target;
      at += length;
    }
  }

  void read(long offset, ByteBuffer content) {
    read(offset, content, false);
  }

  /** As the platter has it; what is dirty is written to it before. */
  void readUncached(long offset, ByteBuffer content) {
    read(offset, content, true);
  }

  private void read(long offset, ByteBuffer content, boolean uncached) {
    long at = offset;
    while (content.hasRemaining()) {
      int sector = (int) (at / SECTOR);
      int within = (int) (at % SECTOR);
      int length = Math.min(SECTOR - within, content.remaining());
      byte[] source = sectors[sector];
      if (uncached && !lost.isEmpty()) {
        source = lost.getOrDefault(sector, source == null ? ZEROES : source);
      }
      if (source == null || source.length == 0) {
        for (int i = 0; i < length; i++) {
          content.put((byte) 0);
        }
      } else {
        content.put(source, within, length);
      }
      at += length;
    }
  }

  void sync() {
    platter.clear();
  }

  /** Marks every dirty sector clean, though only some were written. */
  void failSync(Rng rng) {
    for (Map.Entry<Integer, byte[]> dirty : platter.entrySet()) {
      if (rng.below(4) > 0) {
        lost.put(dirty.getKey(), dirty.getValue());
      }
    }
    platter.clear();
  }

  /** Forgets what is clean and was not written; returns how many sectors that were. */
  int evict() {
    int evicted = lost.size();
    lost.forEach(this::restore);
    lost.clear();
    return evicted;
  }

  int dirty() {
    return platter.size();
  }

  /** The power goes. Decides each dirty sector; returns how many were lost. */
  int crash(Rng rng, int mood) {
    int gone = evict();
    for (Map.Entry<Integer, byte[]> dirty : platter.entrySet()) {
      boolean keep = mood == KEEP_ALL || (mood != LOSE_ALL && rng.below(2) == 0);
      if (!keep) {
        restore(dirty.getKey(), dirty.getValue());
        gone++;
      }
    }
    platter.clear();
    return gone;
  }

  /** A copy with what the platter has. */
  SectorFile synced() {
    SectorFile copy = new SectorFile(size);
    copy.sectors = sectors.clone();
    for (Map.Entry<Integer, byte[]> dirty : platter.entrySet()) {
      copy.restore(dirty.getKey(), dirty.getValue());
    }
    lost.forEach(copy::restore);
    for (int i = 0; i < copy.sectors.length; i++) {
      byte[] sector = copy.sectors[i];
      copy.sectors[i] = sector == null ? null : sector.clone();
    }
    return copy;
  }

  boolean flip(Rng rng) {
    int sector = rng.below(sectors.length);
    byte[] content = sectors[sector];
    if (content == null) {
      return false;
    }
    content[rng.below(SECTOR)] ^= (byte) (1 << rng.below(8));
    return true;
  }

  private void restore(int sector, byte[] old) {
    sectors[sector] = old.length == 0 ? null : old;
  }
}
