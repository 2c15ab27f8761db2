package io.synod.storage.journal;

import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.disk.RecordingDisk.DiskStep;
import io.synod.storage.tail.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The possible contents of a disk after a crash: everything synced, and for every unsynced sector
 * its old or its new content.
 */
final class CrashImages {
  private static final int SECTOR_BYTES = Frame.SECTOR_BYTES;

  private final Map<String, byte[]> synced = new TreeMap<>();
  private final Map<String, List<DiskStep.Write>> unsynced = new HashMap<>();

  CrashImages(Map<String, byte[]> before) {
    before.forEach((name, bytes) -> synced.put(name, bytes.clone()));
  }

  /** Applies one step. */
  void step(DiskStep step) {
    if (step instanceof DiskStep.Create create) {
      synced.put(create.name(), new byte[create.bytes()]);
    } else if (step instanceof DiskStep.Delete delete) {
      synced.remove(delete.name());
      unsynced.remove(delete.name());
    } else if (step instanceof DiskStep.Write write) {
      unsynced.computeIfAbsent(write.name(), name -> new ArrayList<>()).add(write);
    } else if (step instanceof DiskStep.Sync sync) {
      for (DiskStep.Write write : unsynced.getOrDefault(sync.name(), List.of())) {
        apply(synced, write, 0, write.bytes().size());
      }
      unsynced.remove(sync.name());
    }
  }

  /** Whether any write is unsynced. */
  boolean anyUnsynced() {
    return !unsynced.isEmpty();
  }

  /** The disk without any unsynced sector. */
  MemoryDisk nothing() {
    return MemoryDisk.of(synced);
  }

  /** The disk with all unsynced sectors. */
  MemoryDisk everything() {
    return some(sectors -> true);
  }

  /** The disk with a random part of the unsynced sectors. */
  MemoryDisk torn(Random random) {
    int percent = 10 + random.nextInt(85);
    int run = 1 << random.nextInt(4);
    boolean[] there = new boolean[1 << 12];
    for (int i = 0; i < there.length; i += run) {
      boolean kept = random.nextInt(100) < percent;
      for (int j = i; j < Math.min(there.length, i + run); j++) {
        there[j] = kept;
      }
    }
    return some(sector -> there[sector % there.length]);
  }

  /** The disk with all unsynced sectors but this one. */
  MemoryDisk without(int missing) {
    return some(sector -> sector != missing);
  }

  /** The number of unsynced sectors. */
  int sectors() {
    int sectors = 0;
    for (List<DiskStep.Write> writes : unsynced.values()) {
      for (DiskStep.Write write : writes) {
        sectors += (write.bytes().size() + SECTOR_BYTES - 1) / SECTOR_BYTES;
      }
    }
    return sectors;
  }

  /** The disk while a file is being created, which may have any part of its length. */
  MemoryDisk halfCreated(DiskStep.Create create, Random random) {
    Map<String, byte[]> image = new TreeMap<>(synced);
    image.put(create.name(), new byte[random.nextInt(create.bytes() + 1)]);
    return MemoryDisk.of(image);
  }

  private interface Chosen {
    boolean test(int sector);
  }

  private MemoryDisk some(Chosen chosen) {
    MemoryDisk disk = MemoryDisk.of(synced);
    int sector = 0;
    for (List<DiskStep.Write> writes : new TreeMap<>(unsynced).values()) {
      for (DiskStep.Write write : writes) {
        for (int at = 0; at < write.bytes().size(); at += SECTOR_BYTES) {
          if (chosen.test(sector++)) {
            apply(disk.files(), write, at, Math.min(at + SECTOR_BYTES, write.bytes().size()));
          }
        }
      }
    }
    return disk;
  }

  private static void apply(Map<String, byte[]> files, DiskStep.Write write, int from, int to) {
    byte[] file = files.get(write.name());
    for (int i = from; file != null && i < to; i++) {
      file[write.offset() + i] = write.bytes().get(i);
    }
  }
}
