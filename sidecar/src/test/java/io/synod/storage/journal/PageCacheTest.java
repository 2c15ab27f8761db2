package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.ChosenSlot;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.tail.Frame;
import io.synod.storage.tail.SampleWrites;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Tests that a journal opens, recovers everything and goes on if the page cache differs from the
 * device in one sector.
 */
class PageCacheTest {
  private static final int SLOTS = 30;

  private final MemoryDisk platter = new MemoryDisk();

  /** The wrong content of a sector in the page cache. */
  private enum Wrong {
    ZEROES,
    FLIPPED,
    GARBAGE,
    ELSEWHERE;

    private void in(byte[] file, int sector) {
      int from = sector * Frame.SECTOR_BYTES;
      int to = from + Frame.SECTOR_BYTES;
      if (this == ZEROES) {
        Arrays.fill(file, from, to, (byte) 0);
      } else if (this == FLIPPED) {
        file[from + sector % Frame.SECTOR_BYTES] ^= 4;
      } else if (this == GARBAGE) {
        byte[] garbage = new byte[Frame.SECTOR_BYTES];
        new Random(sector).nextBytes(garbage);
        System.arraycopy(garbage, 0, file, from, garbage.length);
      } else {
        int other = (from + file.length / 2) % file.length;
        System.arraycopy(file, other, file, from, Frame.SECTOR_BYTES);
      }
    }
  }

  private static DurableJournal open(Disk disk) {
    return DurableJournal.open(
        disk,
        new MemorySegmentStore(),
        SampleWrites.IDENTITY,
        new StorageSettings(8 * 1024),
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  /** Writes slots into several files, none of which can be sealed. */
  private void fill() {
    DurableJournal journal = open(platter);
    journal.append(List.of(new Write.Promised(ballot(3)), new Write.Formed()));
    journal.append(List.of(accepted(SLOTS + 1, 3)));
    journal.sync();
    for (int slot = 1; slot <= SLOTS; slot++) {
      int ahead = slot % 8 == 0 ? SLOTS + 1 + slot : slot;
      journal.append(List.of(accepted(slot, 3, 500), accepted(ahead, 3, 300)));
      journal.append(List.of(applied(slot)));
      journal.sync();
    }
  }

  @Test
  void opensWhateverIsWrongInMemory() {
    fill();
    DurableJournal right = open(MemoryDisk.of(platter.files()));
    Recovered whole = right.recovered();
    List<ChosenSlot> slots = right.read(1, SLOTS, 1 << 30);
    assertThat(slots).hasSize(SLOTS);
    for (String name : platter.files().keySet()) {
      for (int sector = 0; sector < 16; sector++) {
        for (Wrong wrong : Wrong.values()) {
          CachingDisk disk = new CachingDisk(MemoryDisk.of(platter.files()));
          wrong.in(disk.cached(name), sector);
          String where = wrong + " in sector " + sector + " of " + name;
          DurableJournal journal = open(disk);
          assertThat(journal.recovered()).as(where).isEqualTo(whole);
          assertThat(journal.read(1, SLOTS, 1 << 30)).as(where).isEqualTo(slots);
          journal.append(List.of(accepted(SLOTS + 99, 3)));
          journal.sync();
          Recovered next = open(disk.device).recovered();
          assertThat(next.accepted()).as(where).hasSize(whole.accepted().size() + 1);
        }
      }
    }
  }

  /** A disk with a page cache of its files. */
  private static final class CachingDisk implements Disk {
    private final MemoryDisk device;
    private final Map<String, byte[]> cache = new TreeMap<>();

    private CachingDisk(MemoryDisk device) {
      this.device = device;
      device.files().forEach((name, bytes) -> cache.put(name, bytes.clone()));
    }

    private byte[] cached(String name) {
      return cache.getOrDefault(name, new byte[0]);
    }

    @Override
    public List<String> list() {
      return device.list();
    }

    @Override
    public BlockFile create(String name, long bytes) throws IOException {
      BlockFile file = device.create(name, bytes);
      cache.put(name, new byte[(int) bytes]);
      return new CachedFile(file, cached(name));
    }

    @Override
    public BlockFile open(String name) throws IOException {
      return new CachedFile(device.open(name), cached(name));
    }

    @Override
    public void delete(String name) throws IOException {
      cache.remove(name);
      device.delete(name);
    }

    @Override
    public long usableBytes() {
      return device.usableBytes();
    }

    @Override
    public String path(String name) {
      return device.path(name);
    }

    @Override
    public void close() {}
  }

  private static final class CachedFile implements Disk.BlockFile {
    private final Disk.BlockFile device;
    private final byte[] cache;

    private CachedFile(Disk.BlockFile device, byte[] cache) {
      this.device = device;
      this.cache = cache;
    }

    @Override
    public long size() {
      return device.size();
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
      bytes.duplicate().get(cache, (int) offset, bytes.remaining());
      device.write(offset, bytes);
    }

    @Override
    public void read(long offset, ByteBuffer bytes) {
      bytes.put(cache, (int) offset, bytes.remaining());
    }

    @Override
    public void readUncached(long offset, ByteBuffer bytes) throws IOException {
      device.read(offset, bytes);
    }

    @Override
    public void sync() throws IOException {
      device.sync();
    }

    @Override
    public void close() throws IOException {
      device.close();
    }
  }
}
