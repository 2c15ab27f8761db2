package io.synod.storage.journal;

import io.synod.runtime.port.Journal;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.sealed.MapDbSegmentStore;
import io.synod.storage.tail.SampleWrites;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Tests the snapshot contract on a real directory and MapDB. */
class FileSnapshotTest extends SnapshotContract {
  @TempDir Path directory = Path.of("replaced");

  @Override
  Journal open() throws Exception {
    Path segments = Files.createDirectories(directory.resolve("segments"));
    return DurableJournal.open(
        new FileDisk(directory),
        MapDbSegmentStore.open(segments, SampleWrites.IDENTITY.cluster()),
        SampleWrites.IDENTITY,
        new StorageSettings(64 * 1024),
        new JournalRunner(SampleWrites.clock(), Runnable::run));
  }
}
