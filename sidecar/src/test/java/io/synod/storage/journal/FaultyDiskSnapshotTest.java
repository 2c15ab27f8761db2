package io.synod.storage.journal;

import io.synod.runtime.port.Journal;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.storage.tail.SampleWrites;

/** Tests the snapshot contract on the simulator's disk and archive. */
class FaultyDiskSnapshotTest extends SnapshotContract {
  private final FaultyDisk disk = new FaultyDisk("disk", new Rng(1), DiskFaults.NONE);
  private final MemorySegmentStore archive = new MemorySegmentStore();

  @Override
  Journal open() {
    return DurableJournal.open(
        disk,
        archive,
        SampleWrites.IDENTITY,
        new StorageSettings(64 * 1024),
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }
}
