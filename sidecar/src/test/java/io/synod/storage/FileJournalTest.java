package io.synod.storage;

import io.synod.runtime.port.Journal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract over a real directory and MapDB. */
class FileJournalTest extends JournalContract {
  @TempDir Path directory = Path.of("replaced");

  @Override
  Journal open() throws Exception {
    Path segments = Files.createDirectories(directory.resolve("segments"));
    return DurableJournal.open(
        new FileDisk(directory),
        MapDbSegmentStore.open(segments, SampleWrites.IDENTITY.cluster()),
        SampleWrites.IDENTITY,
        new StorageSettings(64 * 1024),
        new DurableJournal.Runner(SampleWrites.clock(), Runnable::run));
  }
}
