package io.synod.storage;

import io.synod.runtime.port.Journal;
import io.synod.sim.disk.MemoryArchive;

/** The contract over the disk and archive in memory. */
class MemoryJournalTest extends JournalContract {
  private final MemoryDisk disk = new MemoryDisk();
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
