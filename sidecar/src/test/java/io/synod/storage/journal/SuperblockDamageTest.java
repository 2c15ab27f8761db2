package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static io.synod.storage.tail.SampleWrites.mark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.disk.RecordingDisk;
import io.synod.storage.disk.UnreadableDisk;
import io.synod.storage.tail.DiskIdentity;
import io.synod.storage.tail.SampleWrites;
import io.synod.storage.tail.Superblock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tests that damage to one copy of the superblock loses nothing, whenever it happens. */
class SuperblockDamageTest {
  private static final StorageSettings SETTINGS = new StorageSettings(16 * 1024);

  private final MemoryDisk disk = new MemoryDisk();
  private final MemorySegmentStore archive = new MemorySegmentStore();
  private int opened;

  private static DurableJournal open(Disk disk, MemorySegmentStore archive) {
    return DurableJournal.open(
        disk,
        archive,
        SampleWrites.IDENTITY,
        SETTINGS,
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  private static void write(DurableJournal journal, Write... writes) {
    journal.append(List.of(writes));
    journal.sync();
  }

  private static void fill(DurableJournal journal, int from, int through) {
    for (int slot = from; slot <= through; slot++) {
      write(journal, accepted(slot, 3, 900), applied(slot));
    }
  }

  private static Recovered recovered(MemoryDisk disk, MemorySegmentStore archive) {
    return open(MemoryDisk.of(disk.files()), archive.copy()).recovered();
  }

  /** Opens copies of the disk of which one copy of the superblock is damaged. */
  private void opensWithEitherCopy(MemorySegmentStore archived) {
    Recovered whole = recovered(disk, archived);
    for (int at : new int[] {0, Superblock.COPY_BYTES}) {
      MemoryDisk damaged = MemoryDisk.of(disk.files());
      damage(damaged, at);
      assertThat(recovered(damaged, archived)).as("damaged at %s", at).isEqualTo(whole);
      opened++;
    }
  }

  private static void damage(MemoryDisk disk, int at) {
    Objects.requireNonNull(disk.files().get(Superblock.NAME))[at + 20] ^= 1;
  }

  private static List<String> tail(Map<String, byte[]> files) {
    return files.keySet().stream().filter(name -> name.startsWith("tail")).toList();
  }

  @Test
  void opensAfterAFileOfTheTailWasRemoved() {
    DurableJournal journal = open(disk, archive);
    write(journal, new Write.Promised(ballot(3)));
    List<String> first = tail(disk.files()).subList(0, 1);
    for (int slot = 1; slot <= 60; slot++) {
      fill(journal, slot, slot);
      opensWithEitherCopy(archive);
    }
    assertThat(tail(disk.files())).isNotEmpty().doesNotContainAnyElementsOf(first);
  }

  @Test
  void opensAfterASnapshotReplacedTheLog() {
    DurableJournal journal = open(disk, archive);
    fill(journal, 1, 30);
    SampleWrites.snapshot(journal, mark(1000, 5000), 1_000);
    assertThat(journal.install(mark(1000, 5000))).isTrue();
    opensWithEitherCopy(archive);
    for (int slot = 1001; slot <= 1060; slot++) {
      fill(journal, slot, slot);
      opensWithEitherCopy(archive);
    }
  }

  /** A crash may leave the copies of different age, and then the newer one may be damaged. */
  @Test
  void opensAfterACrashBetweenAnyTwoChangesOfTheDisk() {
    List<RecordingDisk.DiskStep> steps = new ArrayList<>();
    MemorySegmentStore kept =
        new MemorySegmentStore(
            changed -> steps.add(new RecordingDisk.DiskStep.Kept(changed.copy())));
    DurableJournal journal = open(new RecordingDisk(disk, steps), kept);
    fill(journal, 1, 40);
    SampleWrites.snapshot(journal, mark(100, 100), 1_000);
    assertThat(journal.install(mark(100, 100))).isTrue();
    fill(journal, 101, 130);
    Map<String, byte[]> files = new TreeMap<>();
    MemorySegmentStore archived = new MemorySegmentStore();
    boolean formatted = false;
    for (RecordingDisk.DiskStep step : steps) {
      if (step instanceof RecordingDisk.DiskStep.Create create) {
        files.put(create.name(), new byte[create.bytes()]);
      } else if (step instanceof RecordingDisk.DiskStep.Delete delete) {
        files.remove(delete.name());
      } else if (step instanceof RecordingDisk.DiskStep.Kept archiveNow) {
        archived = archiveNow.archive();
      } else if (step instanceof RecordingDisk.DiskStep.Write write) {
        byte[] content = Objects.requireNonNull(files.get(write.name()));
        for (int i = 0; i < write.bytes().size(); i++) {
          content[write.offset() + i] = write.bytes().get(i);
        }
      }
      formatted |= files.keySet().stream().anyMatch(name -> name.startsWith("tail"));
      boolean changesFiles = !(step instanceof RecordingDisk.DiskStep.Sync);
      if (formatted && changesFiles) {
        disk.restore(files);
        opensWithEitherCopy(archived);
      }
    }
    assertThat(opened).isGreaterThan(200);
  }

  @Test
  void opensIfTheSectorOfOneCopyCannotBeRead() {
    fill(open(disk, archive), 1, 30);
    Recovered whole = recovered(disk, archive);
    for (int at : new int[] {0, Superblock.COPY_BYTES}) {
      MemoryDisk under = MemoryDisk.of(disk.files());
      UnreadableDisk unreadable = new UnreadableDisk(under, Superblock.NAME, List.of(at));
      assertThat(open(unreadable, archive.copy()).recovered()).isEqualTo(whole);
      damage(under, Superblock.COPY_BYTES - at);
      assertThat(recovered(under, archive)).as("the copy was written again").isEqualTo(whole);
    }
  }

  @Test
  void namesTheErrorIfNeitherCopyCanBeRead() {
    fill(open(disk, archive), 1, 3);
    UnreadableDisk unreadable =
        new UnreadableDisk(disk, Superblock.NAME, List.of(0, Superblock.COPY_BYTES));
    assertThatThrownBy(() -> open(unreadable, archive.copy()))
        .isInstanceOf(JournalException.class)
        .hasMessage("memory/superblock: a sector cannot be read at offset 0");
  }

  @Test
  void doesNotTakeADamagedDiskForOneThatWasNotRestored() throws IOException {
    assertThat(Superblock.restoreOf(disk)).isZero();
    Superblock.formatRestored(disk, new DiskIdentity(5, 1, 9, 7), 3, 4);
    assertThat(Superblock.restoreOf(disk)).isEqualTo(7);
    damage(disk, 0);
    assertThat(Superblock.restoreOf(disk)).isEqualTo(7);
    damage(disk, Superblock.COPY_BYTES);
    assertThatThrownBy(() -> Superblock.restoreOf(disk))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("damaged in both copies");
  }

  @Test
  void aSuperblockThatWasNeverWrittenIsOfNoRestore() throws IOException {
    disk.create(Superblock.NAME, 2 * Superblock.COPY_BYTES).close();
    assertThat(Superblock.restoreOf(disk)).isZero();
  }
}
