package io.synod.storage;

import static io.synod.storage.Samples.accepted;
import static io.synod.storage.Samples.applied;
import static io.synod.storage.Samples.ballot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.Write;
import io.synod.runtime.Clock;
import io.synod.runtime.JournalException;
import io.synod.sim.disk.MemoryArchive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The disk fails once, and works again: the journal does not. */
class JournalFailureTest {
  private final MemoryDisk memory = new MemoryDisk();
  private final MemoryArchive archive = new MemoryArchive();
  private final FailingDisk disk = new FailingDisk();
  private long nanos;

  private DurableJournal open() {
    return DurableJournal.open(
        disk,
        archive,
        Samples.IDENTITY,
        new StorageSettings(8 * 1024),
        new DurableJournal.Runner(clock(), Runnable::run));
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
  void saysWhatItCouldNotReserveOnAFullDisk() {
    DurableJournal journal = open();
    disk.full = true;
    assertThatThrownBy(
            () -> {
              for (int slot = 1; slot < 100; slot++) {
                journal.append(List.of(accepted(slot, 2)));
                journal.sync();
              }
            })
        .isInstanceOf(JournalException.class)
        .hasMessageMatching("memory/tail-[0-9a-f]{16}: cannot reserve 8192 bytes: no space");
    refusesEverything(journal);
  }

  @Test
  void goesOnWithoutRoomForItsNextFile() {
    DurableJournal journal = open();
    int files = 0;
    for (int slot = 1; slot <= 60; slot++) {
      // The next file is made in time, at the second try.
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
    // Not at every sync: each try writes all of it.
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
        MemoryArchive kept = new MemoryArchive();
        FailingDisk failing = new FailingDisk(new MemoryDisk());
        long synced = fillUntilItFails(failing, kept, operation, after);
        DurableJournal again = openOver(failing, kept);
        assertThat(again.recovered().chosenThrough()).isGreaterThanOrEqualTo(synced);
        assertThat(again.read(1, synced, 1 << 30)).hasSize((int) synced);
      }
    }
  }

  private static DurableJournal openOver(Disk disk, Archive archive) {
    return DurableJournal.open(
        disk,
        archive,
        Samples.IDENTITY,
        new StorageSettings(4 * 1024),
        new DurableJournal.Runner(Samples.clock(), Runnable::run));
  }

  private static long fillUntilItFails(
      FailingDisk disk, Archive archive, String operation, int after) {
    long synced = 0;
    try {
      DurableJournal journal = openOver(disk, archive);
      disk.failNext = operation;
      disk.failAfter = after;
      for (int slot = 1; slot <= 100; slot++) {
        journal.append(List.of(accepted(slot, 2), applied(slot)));
        journal.sync();
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

  /** Fails one operation of a kind. */
  private final class FailingDisk implements Disk {
    private final MemoryDisk under;
    private String failNext = "";
    private int failAfter;
    private boolean full;
    private int calls;

    FailingDisk() {
      this(memory);
    }

    FailingDisk(MemoryDisk under) {
      this.under = under;
    }

    private void mayFail(String operation, String name) throws IOException {
      calls++;
      boolean fails = full && operation.equals("create");
      if (operation.equals(failNext) && failAfter-- == 0) {
        fails = true;
        failNext = "";
      }
      if (fails) {
        throw operation.equals("create")
            ? new NoSpaceException(path(name) + ": no space")
            : new IOException(path(name) + ": no space");
      }
    }

    @Override
    public List<String> list() {
      return under.list();
    }

    @Override
    public BlockFile create(String name, long bytes) throws IOException {
      mayFail("create", name);
      return new FailingFile(name, under.create(name, bytes));
    }

    @Override
    public BlockFile open(String name) throws IOException {
      return new FailingFile(name, under.open(name));
    }

    @Override
    public void delete(String name) throws IOException {
      mayFail("delete", name);
      under.delete(name);
    }

    @Override
    public String path(String name) {
      return under.path(name);
    }

    @Override
    public void close() {}

    private final class FailingFile implements BlockFile {
      private final String name;
      private final BlockFile file;

      FailingFile(String name, BlockFile file) {
        this.name = name;
        this.file = file;
      }

      @Override
      public long size() {
        return file.size();
      }

      @Override
      public void write(long offset, ByteBuffer bytes) throws IOException {
        mayFail("write", name);
        file.write(offset, bytes);
      }

      @Override
      public void read(long offset, ByteBuffer bytes) throws IOException {
        mayFail("read", name);
        file.read(offset, bytes);
      }

      @Override
      public void sync() throws IOException {
        mayFail("sync", name);
        file.sync();
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    }
  }
}
