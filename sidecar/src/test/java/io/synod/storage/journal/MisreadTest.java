package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.ballot;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
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
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Tests that a journal which gets zeroes or another place's bytes from one read while it opens
 * either reports an error or recovers everything. The disk is unharmed in both cases: the next
 * opening recovers everything.
 */
class MisreadTest {
  private static final StorageSettings SETTINGS = new StorageSettings(8 * 1024);
  private static final int ZEROES = -1;

  private final MemoryDisk disk = new MemoryDisk();
  private int opened;
  private int named;

  private static DurableJournal open(Disk disk) {
    return DurableJournal.open(
        disk,
        new MemorySegmentStore(),
        SampleWrites.IDENTITY,
        SETTINGS,
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  private static void write(DurableJournal journal, Write... writes) {
    journal.append(List.of(writes));
    journal.sync();
  }

  /** Repeats the opening for every read, answered with each of several other places. */
  private void misreadEverything() {
    Recovered whole = open(MemoryDisk.of(disk.files())).recovered();
    for (int where = ZEROES; where < 12; where++) {
      boolean misread = true;
      for (int read = 1; misread; read++) {
        MemoryDisk platter = MemoryDisk.of(disk.files());
        MisreadingDisk faulty = new MisreadingDisk(platter, read, where);
        opened++;
        try {
          assertThat(open(faulty).recovered()).isEqualTo(whole);
        } catch (JournalException e) {
          named++;
          assertThat(e).hasMessageContaining("memory/");
        }
        misread = faulty.reads >= read;
        assertThat(open(platter).recovered()).as("read %s at %s", read, where).isEqualTo(whole);
      }
    }
    assertThat(opened).isGreaterThan(100);
    // An error is reported only where a wrong read cannot be distinguished from damage.
    assertThat(named).isLessThan(opened / 10);
  }

  @Test
  void losesNothingWhenFramesAreUnproven() {
    DurableJournal journal = open(disk);
    write(journal, new Write.Promised(ballot(3)), new Write.Formed());
    for (int slot = 1; slot <= 12; slot++) {
      write(journal, accepted(slot, 3, 500));
    }
    misreadEverything();
  }

  @Test
  void losesNothingWhenFramesAreAlike() {
    DurableJournal journal = open(disk);
    for (int slot = 1; slot <= 12; slot++) {
      write(journal, accepted(slot, 3, 40));
    }
    misreadEverything();
  }

  @Test
  void losesNothingWhenSeveralFramesWereSyncedAtOnce() {
    DurableJournal journal = open(disk);
    write(journal, new Write.Promised(ballot(3)));
    for (int slot = 1; slot <= 6; slot++) {
      journal.append(List.of(accepted(slot, 3, 400)));
    }
    journal.sync();
    misreadEverything();
  }

  @Test
  void losesNothingWhenTheFileAfterItIsTorn() {
    DurableJournal journal = open(disk);
    int files = disk.files().size();
    for (int slot = 1; slot <= 14; slot++) {
      write(journal, accepted(slot, 3, 400));
    }
    assertThat(disk.files()).hasSizeGreaterThan(files);
    // This keeps the superblock and the newest file as they were before the first frame of that
    // file.
    Map<String, byte[]> before = new TreeMap<>();
    disk.files().forEach((name, bytes) -> before.put(name, bytes.clone()));
    for (int slot = 15; disk.files().size() == before.size(); slot++) {
      disk.files().forEach((name, bytes) -> before.put(name, bytes.clone()));
      write(journal, accepted(slot, 3, 400));
    }
    for (Map.Entry<String, byte[]> file : disk.files().entrySet()) {
      byte[] old = before.get(file.getKey());
      byte[] now = file.getValue();
      if (old != null) {
        System.arraycopy(old, 0, now, 0, now.length);
      } else {
        Arrays.fill(now, 0, Frame.SECTOR_BYTES, (byte) 0);
      }
    }
    misreadEverything();
  }

  /** A disk that answers one read with another place's bytes. */
  private static final class MisreadingDisk implements Disk {
    private final Disk disk;
    private final int misread;
    private final int where;
    private int reads;

    MisreadingDisk(Disk disk, int misread, int where) {
      this.disk = disk;
      this.misread = misread;
      this.where = where;
    }

    @Override
    public List<String> list() throws IOException {
      return disk.list();
    }

    @Override
    public BlockFile create(String name, long bytes) throws IOException {
      return new MisreadingFile(disk.create(name, bytes));
    }

    @Override
    public BlockFile open(String name) throws IOException {
      return new MisreadingFile(disk.open(name));
    }

    @Override
    public void delete(String name) throws IOException {
      disk.delete(name);
    }

    @Override
    public long usableBytes() throws IOException {
      return disk.usableBytes();
    }

    @Override
    public String path(String name) {
      return disk.path(name);
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }

    private final class MisreadingFile implements BlockFile {
      private final BlockFile file;

      MisreadingFile(BlockFile file) {
        this.file = file;
      }

      @Override
      public long size() {
        return file.size();
      }

      @Override
      public void write(long offset, ByteBuffer bytes) throws IOException {
        file.write(offset, bytes);
      }

      @Override
      public void read(long offset, ByteBuffer bytes) throws IOException {
        if (++reads != misread) {
          file.read(offset, bytes);
          return;
        }
        long from = where == ZEROES ? file.size() : (long) where * Frame.SECTOR_BYTES;
        int end = bytes.limit();
        int there = (int) Math.min(bytes.remaining(), file.size() - from);
        file.read(from, bytes.limit(bytes.position() + there));
        bytes.limit(end);
        while (bytes.hasRemaining()) {
          bytes.put((byte) 0);
        }
      }

      @Override
      public void sync() throws IOException {
        file.sync();
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    }
  }
}
