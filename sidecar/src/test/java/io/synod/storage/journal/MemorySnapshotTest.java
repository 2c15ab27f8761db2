package io.synod.storage.journal;

import io.synod.runtime.port.Journal;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.tail.SampleWrites;

/** Tests the snapshot contract on a disk and archive in memory. */
class MemorySnapshotTest extends SnapshotContract {
  private final MemoryDisk disk = new MemoryDisk();
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
