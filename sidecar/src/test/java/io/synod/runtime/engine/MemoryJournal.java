package io.synod.runtime.engine;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.StreamWriter;
import io.synod.sim.check.ForwardingJournal;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.state.State;
import io.synod.state.StateWriter;
import io.synod.storage.disk.MemoryDisk;
import io.synod.storage.disk.NoSpaceException;
import io.synod.storage.journal.DurableJournal;
import io.synod.storage.journal.JournalRunner;
import io.synod.storage.journal.RestoredSnapshots;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.DiskIdentity;
import io.synod.storage.tail.Superblock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** The production journal on a disk in memory, which is reopened for each recovery. */
public final class MemoryJournal extends ForwardingJournal {
  private static final int FILE_BYTES = 64 * 1024;

  private final MemoryDisk disk = new MemoryDisk();
  private final MemorySegmentStore archive = new MemorySegmentStore(now -> this.kept(now));
  private final Clock clock;
  private DurableJournal journal;
  private Runnable syncing = () -> {};
  private ArchiveListener archiveListener = (first, snapshot) -> {};
  private boolean refusesSnapshots;
  private boolean refusesDistrust;
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

  /** A journal whose clock stands still. */
  public MemoryJournal() {
    this(() -> 0);
  }

  /** An empty journal; {@code nanos} is the clock of retries after a full disk. */
  MemoryJournal(LongSupplier nanos) {
    this.clock = new MonotonicClock(nanos);
    this.journal = open();
  }

  /** A journal on a disk that was restored from a backup. */
  public static MemoryJournal restored(State state, long restore) {
    return new MemoryJournal(state, restore);
  }

  private MemoryJournal(State state, long restore) {
    this.clock = new MonotonicClock(() -> 0);
    State.Mark mark = state.mark();
    SnapshotMark stated =
        new SnapshotMark(mark.slot(), mark.index(), mark.logTimeMillis(), mark.digest());
    RestoredSnapshots snapshots = new RestoredSnapshots(archive.streams());
    try (StreamWriter writer = snapshots.stageState(stated)) {
      StateWriter.chunks(state).forEachRemaining(writer::append);
      writer.seal();
      DiskIdentity identity = new DiskIdentity(7, 1, 1, restore);
      Superblock.formatRestored(disk, identity, mark.slot(), mark.index());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
  protected Journal journal() {
    return journal;
  }

  @Override
  public Recovered recovered() {
    journal = open();
    return journal.recovered();
  }

  /** Replaces an archived value without leaving a trace. */
  void alter(long slot, UnaryOperator<Proposal> change) {
    archive.alter(
        slot,
        kept -> new ChosenSlot(change.apply(kept.proposal()), kept.firstIndex(), kept.effects()));
  }

  /** Damages the snapshots of consumers. */
  public void rot() {
    if (archive.streams().rot(new Rng(1), label -> label.group().startsWith("blob-")) == null) {
      throw new IllegalStateException("nothing was handed over");
    }
  }

  /** Damages the snapshot of the replicated state. */
  public void rotSnapshot() {
    archive.streams().rot(new Rng(1), label -> label.group().equals(MemorySegmentStore.SNAPSHOTS));
  }

  /** Sets whether the disk is full. */
  public void full(boolean now) {
    disk.full(now);
  }

  /** Makes the disk full until the log is trimmed. */
  public void fullUntilTrimmed() {
    disk.full(true);
    trimmingMakesRoom = true;
  }

  /** Sets whether snapshots do not fit on the disk. */
  public void refuseSnapshots(boolean now) {
    refusesSnapshots = now;
  }

  /** Sets whether the record that the state is wrong can neither be written nor removed. */
  public void refuseDistrust(boolean now) {
    refusesDistrust = now;
  }

  @Override
  public boolean distrust(boolean wrong) {
    if (refusesDistrust && wrong != isDistrusted()) {
      throw new JournalException("memory/distrust: no space left");
    }
    return journal.distrust(wrong);
  }

  /** How many snapshots did not fit. */
  public int snapshotsRefused() {
    return snapshotsRefused;
  }

  /** Sets the listener of changes of the archive. */
  void kept(ArchiveListener listener) {
    archiveListener = listener;
  }

  private void kept(MemorySegmentStore now) {
    archiveListener.changed(now.span().first(), now.snapshot());
  }

  /** Receives the first slot in the archive, and the slot of the newest snapshot. */
  interface ArchiveListener {
    void changed(long first, long snapshot);
  }

  /** The last slot in the archive. */
  long archivedThrough() {
    return archive.through();
  }

  /** Loses power in the next sync: everything written since the previous one is lost. */
  void losePower() {
    Map<String, byte[]> durable = MemoryDisk.of(disk.files()).files();
    syncing =
        () -> {
          syncing = () -> {};
          disk.restore(durable);
          throw new PowerLossException();
        };
  }

  /** Loses what was written and not synced, after the process ended. */
  public void forgetUnsynced() {
    disk.losePower();
  }

  /** Adds an action to each sync. */
  void syncing(Runnable also) {
    syncing = also;
  }

  /** Seals what was applied, so that it is recovered from the archive only. */
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

  /** Makes one read of this slot return wrong data. */
  void misread(long slot) {
    Map<String, byte[]> files = disk.files();
    Map<String, byte[]> whole = MemoryDisk.of(files).files();
    files.values().forEach(bytes -> Arrays.fill(bytes, (byte) 7));
    try {
      journal.read(slot, slot, 1 << 20);
      throw new IllegalStateException("nothing was read of slot " + slot);
    } catch (JournalException misread) {
      // The read failed.
    }
    whole.forEach(
        (name, bytes) ->
            System.arraycopy(bytes, 0, Objects.requireNonNull(files.get(name)), 0, bytes.length));
  }

  @Override
  public boolean sync() {
    syncing.run();
    return journal.sync();
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
  public void trim(Retention keep) {
    long oldest = journal.oldestSlot();
    journal.trim(keep);
    if (trimmingMakesRoom && journal.oldestSlot() > oldest) {
      disk.full(false);
    }
  }

  @Override
  public void close() {}
}
