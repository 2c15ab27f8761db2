package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.runtime.port.Journal;
import io.synod.runtime.port.JournalException;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.storage.tail.SampleWrites;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the journal contract on the simulator's disk and archive. */
class FaultyDiskJournalTest extends JournalContract {
  private FaultyDisk disk = new FaultyDisk("disk", new Rng(1), DiskFaults.NONE);
  private MemorySegmentStore archive = new MemorySegmentStore();

  @Override
  Journal open() {
    return DurableJournal.open(
        disk,
        archive,
        SampleWrites.IDENTITY,
        new StorageSettings(64 * 1024),
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }

  @Test
  void writesAgainWhatAFailedSyncMayHaveLost() {
    int recovered = 0;
    for (int seed = 0; seed < 40; seed++) {
      disk = new FaultyDisk("disk", new Rng(seed), DiskFaults.NONE);
      archive = new MemorySegmentStore();
      Journal failing = open();
      failing.append(List.of(accepted(1, 2)));
      failing.sync();
      failing.append(List.of(accepted(2, 2)));
      disk.faults(new DiskFaults(0, 1_000_000, 0, Long.MAX_VALUE));
      assertThatThrownBy(failing::sync).isInstanceOf(JournalException.class);
      disk.faults(DiskFaults.NONE);
      disk.processEnds();
      List<?> found = open().recovered().accepted();
      assertThat(found).hasSizeBetween(1, 2);
      disk.crash(true);
      assertThat(open().recovered().accepted()).as("seed %s", seed).isEqualTo(found);
      recovered += found.size() - 1;
    }
    assertThat(recovered).isBetween(10, 39);
  }
}
