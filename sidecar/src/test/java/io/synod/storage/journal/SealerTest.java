package io.synod.storage.journal;

import static io.synod.storage.tail.SampleWrites.accepted;
import static io.synod.storage.tail.SampleWrites.applied;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.sim.disk.MemorySegmentStore;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.tail.SampleWrites;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests seals that run in the background while the loop goes on. */
class SealerTest {
  private static final int SLOTS = 60;

  private final MemorySegmentStore archive = new MemorySegmentStore();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final DurableJournal journal =
      DurableJournal.open(
          new MemoryDisk(),
          archive,
          SampleWrites.IDENTITY,
          new StorageSettings(4 * 1024),
          new JournalRunner(SampleWrites.clock(), waiting::add));

  private void work() {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  @Test
  void archivesNothingThatIsAppliedButNotSynced() {
    for (int slot = 1; slot <= SLOTS; slot++) {
      journal.append(List.of(accepted(slot, 2)));
      journal.sync();
      if (slot <= SLOTS / 2) {
        work();
      }
    }
    assertThat(waiting).isNotEmpty();
    journal.append(List.of(applied(SLOTS)));
    work();
    assertThat(archive.through()).isZero();
    journal.sync();
    work();
    journal.sync();
    work();
    assertThat(archive.through()).isPositive();
    journal.close();
  }
}
