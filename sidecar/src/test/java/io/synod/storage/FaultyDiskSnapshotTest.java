package io.synod.storage;

import io.synod.runtime.port.Journal;
import io.synod.sim.disk.Dice;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemoryArchive;

/** The contract over the simulator's disk and archive. */
class FaultyDiskSnapshotTest extends SnapshotContract {
  private final FaultyDisk disk = new FaultyDisk("disk", new Dice(1), DiskFaults.NONE);
  private final MemoryArchive archive = new MemoryArchive();

  @Override
  Journal open() {
    return DurableJournal.open(
        disk,
        archive,
        Samples.IDENTITY,
        new StorageSettings(64 * 1024),
        new DurableJournal.Runner(Samples.clock(), Runnable::run));
  }
}
