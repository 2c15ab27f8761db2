package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static io.synod.storage.tail.SampleWrites.ballot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Write;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.JournalException;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.FailingDisk;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.SampleWrites;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests that a journal refuses everything after a failure of its disk, even if the disk works
 * again, and that a full disk is no failure.
 */
class JournalFailureTest {
  private final MemoryDisk memory = new MemoryDisk();
  private final MemorySegmentStore archive = new MemorySegmentStore();
  private final FailingDisk disk = new FailingDisk(memory);
  // The origin of a monotonic clock is arbitrary.
  private long nanos = -5_000_000_000L;

  private DurableJournal open() {
    return DurableJournal.open(
        disk,
        archive,
        SampleWrites.IDENTITY,
        new StorageSettings(8 * 1024),
        new JournalRunner(clock(), Runnable::run));
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public long nanos() {
        return nanos;
      }

      @Override
      public long wallMillis() {
        return 0;
      }
    };
  }

  private static void refusesEverything(DurableJournal journal) {
    assertThatThrownBy(() -> journal.append(List.of(new Write.Promised(ballot(9)))))
        .isInstanceOf(JournalException.class);
    assertThatThrownBy(journal::sync).isInstanceOf(JournalException.class);
    assertThatThrownBy(() -> journal.read(1, 1, 1)).isInstanceOf(JournalException.class);
    assertThatThrownBy(() -> journal.votes(1)).isInstanceOf(JournalException.class);
    assertThatThrownBy(() -> journal.slotOfIndex(1)).isInstanceOf(JournalException.class);
    journal.close();
  }

  @Test
  void neverTriesAFailedSyncAgain() {
    DurableJournal journal = open();
    journal.append(List.of(new Write.Promised(ballot(2))));
    disk.failNext = "sync";
    assertThatThrownBy(journal::sync)
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("memory/tail-0000000000000001: no space");
    int calls = disk.calls;
    refusesEverything(journal);
    assertThat(disk.calls).isEqualTo(calls);
  }

  @Test
  void refusesEverythingAfterAFailedWrite() {
    DurableJournal journal = open();
    disk.failNext = "write";
    assertThatThrownBy(() -> journal.append(List.of(accepted(1, 2))))
        .isInstanceOf(JournalException.class);
    refusesEverything(journal);
    assertThat(open().recovered().accepted()).isEmpty();
  }

  @Test
  void refusesEverythingAfterAFailedRead() {
    DurableJournal journal = open();
    journal.append(List.of(accepted(1, 2), applied(1)));
    journal.sync();
    disk.failNext = "read";
    assertThatThrownBy(() -> journal.read(1, 1, 1)).isInstanceOf(JournalException.class);
    refusesEverything(journal);
  }

  @Test
  void saysWhatItCouldNotReserveWhenItIsMadeOnAFullDisk() {
    disk.full = true;
    disk.fullFor = "tail-";
    assertThatThrownBy(this::open)
        .isInstanceOf(JournalException.class)
        .hasMessageMatching("memory/tail-[0-9a-f]{16}: cannot reserve 8192 bytes: no space");
  }

  /** Appends and applies slots until a write has to wait; returns the last slot that did not. */
  private static int fillUntilItWaits(DurableJournal journal, int from) {
    int slot = from;
    while (journal.append(List.of(accepted(slot, 2))) && journal.append(List.of(applied(slot)))) {
      assertThat(journal.sync()).isTrue();
      slot++;
    }
    return slot - 1;
  }

  @Test
  void keepsWaitingWhatItsFullDiskHasNoRoomFor() {
    DurableJournal journal = open();
    disk.full = true;
    assertThat(journal.isFull()).isFalse();
    int last = fillUntilItWaits(journal, 1);
    assertThat(last).isGreaterThan(5);
    assertThat(journal.isFull()).isTrue();
    assertThat(journal.sync()).isFalse();
    assertThat(journal.append(List.of())).isFalse();
    assertThat(journal.read(1, last, 1 << 30)).hasSize(last);
    DurableJournal crashed = openOver(MemoryDisk.of(memory.files()), new MemorySegmentStore());
    assertThat(crashed.recovered().chosenThrough()).isEqualTo(last);

    disk.full = false;
    // The disk is not tried at every sync, since each try may write a whole file.
    assertThat(journal.sync()).isFalse();
    assertThat(journal.append(List.of())).isFalse();
    nanos += 1_000_000_000L;
    assertThat(journal.check()).isTrue();
    journal.sync();
    assertThat(journal.isFull()).isFalse();
    assertThat(journal.append(List.of())).isTrue();
    assertThat(journal.sync()).isTrue();
    fill(journal, last + 2, last + 60);
    journal.close();
    assertThat(open().recovered().chosenThrough()).isEqualTo(last + 60);
  }

  @Test
  void isFullBeforeAnythingWaits() {
    DurableJournal journal = open();
    disk.full = true;
    int slot = 1;
    while (!journal.isFull()) {
      assertThat(journal.append(List.of(accepted(slot, 2), applied(slot)))).isTrue();
      assertThat(journal.sync()).isTrue();
      slot++;
    }
    assertThat(journal.append(List.of(new Write.Promised(ballot(9))))).isTrue();
    assertThat(journal.sync()).isTrue();
  }

  @Test
  void sealsNothingOfWhichTheMarkWaitsForRoom() {
    DurableJournal journal = open();
    for (int slot = 1; slot <= 8; slot++) {
      journal.append(List.of(accepted(slot, 2)));
      journal.sync();
    }
    fill(journal, 9, 30);
    disk.full = true;
    int last = 30;
    while (journal.append(List.of(accepted(last + 1, 2)))) {
      journal.sync();
      last++;
    }
    journal.append(List.of(applied(last)));
    nanos += 1_000_000_000L;
    journal.sync();
    assertThat(archive.through()).isLessThanOrEqualTo(30);
  }

  @Test
  void opensOnAFullDiskAndGoesOnOnceThereIsRoom() {
    DurableJournal journal = open();
    disk.full = true;
    int last = fillUntilItWaits(journal, 1);
    journal.close();
    DurableJournal again = open();
    assertThat(again.recovered().chosenThrough()).isEqualTo(last);
    assertThat(fillUntilItWaits(again, last + 1)).isEqualTo(last);
    disk.full = false;
    nanos += 1_000_000_000L;
    again.sync();
    assertThat(again.append(List.of())).isTrue();
    fill(again, last + 2, last + 60);
    again.close();
    assertThat(open().recovered().chosenThrough()).isEqualTo(last + 60);
  }

  @Test
  void knowsThatItsDiskIsFullOnceItIsOpened() {
    DurableJournal journal = open();
    disk.full = true;
    while (!journal.isFull()) {
      journal.append(List.of(new Write.Promised(ballot(2))));
      journal.sync();
    }
    journal.close();
    assertThat(open().isFull()).isTrue();
  }

  @Test
  void triesForTheNextFileOnlyWhereItMayFit() {
    DurableJournal journal = open();
    disk.full = true;
    fillUntilItWaits(journal, 1);
    int calls = disk.calls;
    nanos += 1_000_000_000L;
    journal.sync();
    assertThat(disk.calls).isEqualTo(calls);
    disk.full = false;
    journal.sync();
    assertThat(disk.calls).isEqualTo(calls);
    nanos += 1_000_000_000L;
    journal.sync();
    assertThat(journal.append(List.of())).isTrue();
    journal.close();
  }

  @Test
  void waitsForAFileThatIsLongerThanOthers() {
    DurableJournal journal = open();
    journal.append(List.of(new Write.Promised(ballot(1))));
    disk.full = true;
    Write large = accepted(1, 2, 20_000);
    assertThat(journal.append(List.of(large))).isFalse();
    disk.full = false;
    nanos += 1_000_000_000L;
    journal.sync();
    assertThat(journal.append(List.of())).isTrue();
    assertThat(journal.sync()).isTrue();
    journal.close();
    assertThat(open().recovered().accepted()).hasSize(1);
  }

  @Test
  void goesOnWithoutRoomForItsNextFile() {
    DurableJournal journal = open();
    int files = 0;
    for (int slot = 1; slot <= 60; slot++) {
      // The next file is created ahead of time, at the second try.
      if (memory.files().size() != files) {
        files = memory.files().size();
        disk.failNext = "create";
        disk.failAfter = 0;
      }
      journal.append(List.of(accepted(slot, 2), applied(slot)));
      journal.sync();
    }
    assertThat(archive.through()).isGreaterThan(40);
    journal.close();
    disk.failNext = "";
    assertThat(open().recovered().chosenThrough()).isEqualTo(60);
  }

  @Test
  void goesOnWithoutRoomForWhatItSeals() {
    DurableJournal journal = open();
    archive.full(true);
    fill(journal, 1, 60);
    assertThat(archive.through()).isZero();
    assertThat(journal.read(1, 60, 1 << 30)).hasSize(60);
    archive.full(false);
    fill(journal, 61, 61);
    // A seal is not tried at every sync, since each try writes all of it.
    assertThat(archive.through()).isZero();
    nanos += 1_000_000_000L;
    assertThat(journal.check()).isTrue();
    journal.sync();
    assertThat(archive.through()).isGreaterThan(40);
    int files = memory.files().size();
    assertThat(journal.check()).isFalse();
    fill(journal, 62, 62);
    assertThat(memory.files()).hasSizeLessThan(files);
    journal.close();
    assertThat(open().recovered().chosenThrough()).isEqualTo(62);
  }

  private static void fill(DurableJournal journal, int from, int through) {
    for (int slot = from; slot <= through; slot++) {
      journal.append(List.of(accepted(slot, 2), applied(slot)));
      journal.sync();
    }
  }

  @Test
  void losesNothingWhateverFails() {
    for (String operation : List.of("write", "sync", "read", "create", "delete")) {
      for (int after = 0; after < 60; after++) {
        MemorySegmentStore kept = new MemorySegmentStore();
        FailingDisk failing = new FailingDisk(new MemoryDisk());
        long synced = fillUntilItFails(failing, kept, operation, after);
        DurableJournal again = openOver(failing, kept);
        assertThat(again.recovered().chosenThrough()).isGreaterThanOrEqualTo(synced);
        assertThat(again.read(1, synced, 1 << 30)).hasSize((int) synced);
      }
    }
  }

  private static DurableJournal openOver(Disk disk, SegmentStore segmentStore) {
    return DurableJournal.open(
        disk,
        segmentStore,
        SampleWrites.IDENTITY,
        new StorageSettings(4 * 1024),
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  private static long fillUntilItFails(
      FailingDisk disk, SegmentStore segmentStore, String operation, int after) {
    long synced = 0;
    try {
      DurableJournal journal = openOver(disk, segmentStore);
      disk.failNext = operation;
      disk.failAfter = after;
      for (int slot = 1; slot <= 100; slot++) {
        journal.append(List.of(accepted(slot, 2), applied(slot)));
        if (!journal.sync()) {
          break;
        }
        synced = slot;
      }
      journal.close();
    } catch (JournalException e) {
      assertThat(e).hasMessageContaining("memory/");
    }
    disk.failNext = "";
    return synced;
  }

  @Test
  void refusesToMarkASlotAsAppliedThatItDoesNotHold() {
    DurableJournal journal = open();
    assertThatThrownBy(() -> journal.append(List.of(accepted(1, 2), applied(2))))
        .isInstanceOf(IllegalStateException.class);
    journal.close();
    assertThat(open().recovered().chosenThrough()).isZero();
  }
}
