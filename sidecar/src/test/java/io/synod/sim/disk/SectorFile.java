package io.synod.sim.disk;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sectors of one file: the page cache, which processes read, and the content of the platter
 * where it differs.
 */
final class SectorFile {
  private static final int SECTOR = FaultyDisk.SECTOR_BYTES;
  private static final int KEEP_ALL = 3;
  private static final int LOSE_ALL = 0;

  private final long size;
  // The page cache; a null sector is all zero.
  private byte[] @Nullable [] sectors;
  // The platter's content of each dirty sector; an empty array stands for zeroes.
  private final TreeMap<Integer, byte[]> platter = new TreeMap<>();
  // The platter's content of sectors that a failed sync marked clean without writing them.
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

  /** Reads from the platter, after dirty sectors were written to it. */
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

  /** Marks all dirty sectors clean, though only some of them were written. */
  void failSync(Rng rng) {
    for (Map.Entry<Integer, byte[]> dirty : platter.entrySet()) {
      if (rng.below(4) > 0) {
        lost.put(dirty.getKey(), dirty.getValue());
      }
    }
    platter.clear();
  }

  /** Evicts clean sectors that were not written from the page cache; returns their number. */
  int evict() {
    int evicted = lost.size();
    lost.forEach(this::restore);
    lost.clear();
    return evicted;
  }

  int dirty() {
    return platter.size();
  }

  /** Loses power, and decides each dirty sector; returns how many were lost. */
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

  /** A copy with the content of the platter. */
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

  void flip(long offset, Rng rng) {
    byte[] content = sectors[(int) (offset / SECTOR)];
    content[(int) (offset % SECTOR)] ^= (byte) (1 << rng.below(8));
  }

  private void restore(int sector, byte[] old) {
    sectors[sector] = old.length == 0 ? null : old;
  }
}
