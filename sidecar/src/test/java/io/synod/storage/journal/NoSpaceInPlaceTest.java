package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.FailingDisk;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.tail.SampleWrites;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests a disk that has no space for a write into a file of the log, as on a file system that
 * writes to a new place: the process stops, and one that starts once there is space has everything
 * that was synced.
 */
class NoSpaceInPlaceTest {
  private static final int SLOTS_TOGETHER = 40;
  private static final int WRITES = 60;

  private final FailingDisk disk = new FailingDisk(new MemoryDisk());
  private final MemorySegmentStore archive = new MemorySegmentStore();

  private DurableJournal open() {
    return DurableJournal.open(
        disk,
        archive,
        SampleWrites.IDENTITY,
        new StorageSettings(16 * 1024),
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  /** Writes frames of several sectors after slot {@code from}, until a write fails. */
  private long fill(DurableJournal journal, long from) {
    long synced = from;
    try {
      while (true) {
        List<Write> frame = new ArrayList<>();
        for (long slot = synced + 1; slot <= synced + SLOTS_TOGETHER; slot++) {
          frame.add(accepted(slot, 2));
        }
        frame.add(applied(synced + SLOTS_TOGETHER));
        journal.append(frame);
        journal.sync();
        synced += SLOTS_TOGETHER;
      }
    } catch (JournalException e) {
      assertThat(e).hasMessageContaining("no space left for a write in place");
    }
    assertThatThrownBy(journal::sync).isInstanceOf(JournalException.class);
    return synced;
  }

  /** Starts on the full disk, which succeeds only if nothing of the log is written again. */
  private void openWithoutSpace() {
    try {
      open();
    } catch (JournalException e) {
      assertThat(e).hasMessageContaining("no space left for a write in place");
    }
  }

  @Test
  void aStartAfterwardsLosesNothingThatWasSynced() {
    long synced = 0;
    for (int writes = 0; writes < WRITES; writes++) {
      disk.leaveRoomForWrites(Integer.MAX_VALUE);
      DurableJournal journal = open();
      assertThat(journal.recovered().chosenThrough()).isGreaterThanOrEqualTo(synced);
      long recovered = journal.recovered().chosenThrough();
      assertThat(journal.read(1, synced, 1 << 30)).hasSize((int) synced);
      disk.leaveRoomForWrites(writes);
      synced = fill(journal, recovered);
      for (int starts = 0; starts <= 2; starts++) {
        disk.leaveRoomForWrites(starts);
        openWithoutSpace();
      }
    }
    assertThat(synced).isPositive();
  }
}
