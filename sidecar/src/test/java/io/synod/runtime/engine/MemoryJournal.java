package io.synod.runtime.engine;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.SnapshotMark;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamWriter;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.disk.NoSpaceException;
import io.synod.storage.journal.DurableJournal;
import io.synod.storage.journal.JournalRunner;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.DiskIdentity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The shipped journal on a disk in memory, that is opened anew whenever it is asked what it has.
 */
public final class MemoryJournal implements Journal {
  private static final int FILE_BYTES = 64 * 1024;

  private final MemoryDisk disk = new MemoryDisk();
  private final MemorySegmentStore archive = new MemorySegmentStore(now -> this.kept(now));
  private final Clock clock;
  private DurableJournal journal;
  private Runnable syncing = () -> {};
  private ArchiveListener archiveListener = (first, snapshot) -> {};
  private boolean refusesSnapshots;
  private boolean trimmingMakesRoom;
  private int snapshotsRefused;

  private DurableJournal open() {
    return DurableJournal.open(
        disk,
        archive,
        new DiskIdentity(7, 1, 1),
        new StorageSettings(FILE_BYTES),
        new JournalRunner(clock, Runnable::run));
  }

  /** One whose time stands still. */
  MemoryJournal() {
    this(() -> 0);
  }

  /** An empty one; {@code nanos} says when to try again what found no room. */
  MemoryJournal(LongSupplier nanos) {
    this.clock = new MonotonicClock(nanos);
    this.journal = open();
  }

  private record MonotonicClock(LongSupplier now) implements Clock {
    @Override
    public long nanos() {
      return now.getAsLong();
    }

    @Override
    public long wallMillis() {
      return 0;
    }
  }

  @Override
  public Recovered recovered() {
    journal = open();
    return journal.recovered();
  }

  /** What is archived of a slot is now another value, and nothing tells. */
  void alter(long slot, UnaryOperator<Proposal> change) {
    archive.alter(
        slot,
        kept -> new ChosenSlot(change.apply(kept.proposal()), kept.firstIndex(), kept.effects()));
  }

  /** Something that a consumer handed over cannot be read any more; of what is empty, all of it. */
  public void rot() {
    if (archive.streams().rot(new Rng(1), label -> label.shelf().startsWith("blob-")) == null) {
      throw new IllegalStateException("nothing was handed over");
    }
  }

  /** The snapshot of the replicated state cannot be read any more. */
  public void rotSnapshot() {
    archive.streams().rot(new Rng(1), label -> label.shelf().equals(MemorySegmentStore.SNAPSHOTS));
  }

  /** Whether there is no room for another file from now on. */
  void full(boolean now) {
    disk.full(now);
  }

  /** There is no room for another file until the log is trimmed. */
  public void fullUntilTrimmed() {
    disk.full(true);
    trimmingMakesRoom = true;
  }

  /** Whether there is no room for a snapshot from now on. */
  public void refuseSnapshots(boolean now) {
    refusesSnapshots = now;
  }

  /** How many snapshots there was no room for. */
  public int snapshotsRefused() {
    return snapshotsRefused;
  }

  /** From now on this is told whenever the archive changes. */
  void kept(ArchiveListener listener) {
    archiveListener = listener;
  }

  private void kept(MemorySegmentStore now) {
    archiveListener.changed(now.span().first(), now.snapshot());
  }

  /** Is told the first slot that is still in the archive, and the slot of the newest snapshot. */
  interface ArchiveListener {
    void changed(long first, long snapshot);
  }

  /** The last slot in the archive. */
  long archivedThrough() {
    return archive.through();
  }

  /** The power fails within the next sync: what was written since the one before is lost. */
  void losePower() {
    Map<String, byte[]> durable = MemoryDisk.of(disk.files()).files();
    syncing =
        () -> {
          syncing = () -> {};
          disk.restore(durable);
          throw new PowerLossException();
        };
  }

  /** From now on each sync does this too. */
  void syncing(Runnable also) {
    syncing = also;
  }

  /** From now on what was applied is recovered from the archive only. */
  void archive() {
    List<SegmentStore.Sealed> slots = new ArrayList<>();
    for (ChosenSlot slot : journal.read(archive.through() + 1, Long.MAX_VALUE, 1 << 30)) {
      slots.add(new SegmentStore.Sealed(slot, journal.votes(slot.proposal().slot())));
    }
    try {
      archive.seal(slots);
    } catch (NoSpaceException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The disk gives something else for what a reader wants of this slot, once. */
  void misread(long slot) {
    Map<String, byte[]> files = disk.files();
    Map<String, byte[]> whole = MemoryDisk.of(files).files();
    files.values().forEach(bytes -> Arrays.fill(bytes, (byte) 7));
    try {
      journal.read(slot, slot, 1 << 20);
      throw new IllegalStateException("nothing was read of slot " + slot);
    } catch (JournalException misread) {
      // The reader was told.
    }
    whole.forEach(
        (name, bytes) ->
            System.arraycopy(bytes, 0, Objects.requireNonNull(files.get(name)), 0, bytes.length));
  }

  @Override
  public boolean check() {
    return journal.check();
  }

  @Override
  public boolean append(List<Write> writes) {
    return journal.append(writes);
  }

  @Override
  public boolean sync() {
    syncing.run();
    return journal.sync();
  }

  @Override
  public long recorded() {
    return journal.recorded();
  }

  @Override
  public boolean isFull() {
    return journal.isFull();
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    return journal.read(from, through, bytesMax);
  }

  @Override
  public List<Vote> votes(long slot) {
    return journal.votes(slot);
  }

  @Override
  public long slotOfIndex(long index) {
    return journal.slotOfIndex(index);
  }

  @Override
  public long oldestSlot() {
    return journal.oldestSlot();
  }

  @Override
  public long oldestIndex() {
    return journal.oldestIndex();
  }

  @Override
  public StreamWriter stage(SnapshotMark mark) {
    if (refusesSnapshots) {
      snapshotsRefused++;
      throw new JournalException("memory/snapshot: no space left");
    }
    return journal.stage(mark);
  }

  @Override
  public @Nullable StoredSnapshot snapshot() {
    return journal.snapshot();
  }

  @Override
  public boolean install(SnapshotMark mark) {
    return journal.install(mark);
  }

  @Override
  public void trim(Retention keep) {
    long oldest = journal.oldestSlot();
    journal.trim(keep);
    if (trimmingMakesRoom && journal.oldestSlot() > oldest) {
      disk.full(false);
    }
  }

  @Override
  public AppSnapshots appSnapshots() {
    return journal.appSnapshots();
  }

  @Override
  public long bytesOnDisk() {
    return journal.bytesOnDisk();
  }

  @Override
  public void close() {}
}
