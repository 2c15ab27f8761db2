package io.synod.storage.journal;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.disk.Disk;
import io.synod.storage.disk.FirstFailure;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.sealed.StreamStore;
import io.synod.storage.tail.CarryOver;
import io.synod.storage.tail.DiskIdentity;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.SuperblockCopy;
import io.synod.storage.tail.TailFile;
import io.synod.storage.tail.TailIndex;
import io.synod.storage.tail.TailLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal on a disk: a {@link Superblock}, a {@link TailLog} to which records are appended, and
 * a {@link SegmentStore} of applied slots. A file of the tail is sealed once its slots are applied,
 * and removed once they are sealed.
 *
 * <p>The first failure of the disk, on whatever thread, is kept and thrown from then on: the effect
 * of a failed sync is unknown, so no later write can be made durable.
 */
public final class DurableJournal implements Journal {
  private final Disk disk;
  private final SegmentStore segmentStore;
  private final Clock clock;
  private final Superblock superblock;
  private final StateSnapshots snapshots;
  private final StoredAppSnapshots blobs;
  private final TailIndex index;
  private final SlotReader reader;
  private final TailLog tail;
  private final Sealer sealer;
  private final FirstFailure failure;
  private final CarryOver carryOver = new CarryOver();
  // Writes for which the disk has no space yet, in order.
  private final List<Write> waiting = new ArrayList<>();
  private @Nullable Recovered recovered;
  private volatile boolean closed;

  /** The parts of a journal. */
  private record JournalParts(
      Disk disk, SegmentStore segmentStore, Superblock superblock, StateSnapshots snapshots) {}

  private DurableJournal(JournalParts parts, StorageSettings settings, JournalRunner runner)
      throws IOException {
    this.disk = parts.disk;
    this.failure = FirstFailure.of(disk);
    this.segmentStore = parts.segmentStore;
    this.clock = runner.clock();
    this.superblock = parts.superblock;
    this.snapshots = parts.snapshots;
    this.blobs = new StoredAppSnapshots(segmentStore.streams());
    SuperblockCopy.State known = superblock.state();
    this.index = new TailIndex(segmentStore.through(), segmentStore.commands());
    this.reader = new SlotReader(index, segmentStore, failure::keep);
    long cluster = superblock.identity().cluster();
    long bytes = settings.tailFileBytes();
    this.tail =
        new TailLog.Builder(
                disk, cluster, bytes, new TailReplay(carryOver, index), carryOver::writes)
            .open(known);
    this.sealer = new Sealer(tail, index, segmentStore, runner, failure::keep);
    carryOver.mustReach(known.floor(), disk.path(Superblock.NAME));
    if (snapshots.newest().slot() > index.applied()) {
      restart(snapshots.newest()).run();
    }
    snapshots.mustReachBeginning(segmentStore.span(), disk);
    snapshots.removeOthers();
    this.recovered =
        reader.recovered(carryOver, snapshots.newest(), superblock.identity().restore());
    sealer.begin();
  }

  /**
   * Opens the journal on {@code disk}; an empty disk is initialized. The journal closes both.
   *
   * @param identity the expected owner of the disk
   * @throws io.synod.storage.disk.DirectoryException if the disk is of another cluster or node
   * @throws JournalException if it cannot be read, or is damaged
   */
  public static DurableJournal open(
      Disk disk,
      SegmentStore segmentStore,
      DiskIdentity identity,
      StorageSettings settings,
      JournalRunner runner) {
    try {
      StreamStore streams = segmentStore.streams();
      boolean archived = segmentStore.through() > 0 || StateSnapshots.anyIn(streams);
      boolean empty = !archived && !Superblock.hasTail(disk);
      Superblock superblock = Superblock.open(disk, identity, empty);
      StateSnapshots snapshots = StateSnapshots.open(streams);
      SuperblockCopy.State known = superblock.state();
      if (segmentStore.through() < known.sealed()) {
        // Either a snapshot replaced the missing slots, or the archive is damaged.
        snapshots.mustReachSealed(known, segmentStore.through(), disk);
        segmentStore.restart(known.sealed(), known.commands()).run();
      }
      return new DurableJournal(
          new JournalParts(disk, segmentStore, superblock, snapshots), settings, runner);
    } catch (IOException e) {
      throw FirstFailure.describe(disk, e);
    }
  }

  /** The incarnation of this disk: the one it was initialized with. */
  public long incarnation() {
    return superblock.identity().incarnation();
  }

  /** Identifies the backup from which this disk was restored, and how; 0 if it began empty. */
  public long restore() {
    return superblock.identity().restore();
  }

  /** The state recovered from the disk; available until the first {@link #append}. */
  @Override
  public Recovered recovered() {
    if (recovered == null) {
      throw new IllegalStateException("the recovered state is known until the first append");
    }
    return recovered;
  }

  @Override
  public boolean check() {
    refuseAfterFailure();
    return sealer.isDue();
  }

  @Override
  public boolean append(List<Write> writes) {
    refuseAfterFailure();
    waiting.addAll(writes);
    if (waiting.isEmpty()) {
      return true;
    }
    recovered = null;
    index.refuseGaps(waiting);
    try {
      int written = tail.append(waiting, clock.wallMillis());
      waiting.subList(0, written).clear();
    } catch (IOException e) {
      throw failure.keep(e);
    }
    index.applyAll(waiting);
    return waiting.isEmpty();
  }

  @Override
  public long recorded() {
    return index.recorded();
  }

  @Override
  public boolean isFull() {
    return tail.isFull();
  }

  @Override
  public boolean sync() {
    refuseAfterFailure();
    try {
      tail.sync();
      List<TailFile> retired = sealer.retire();
      SuperblockCopy.State known = superblock.state();
      if (tail.newest() != known.newest() || tail.oldest() != known.oldest()) {
        SegmentStore.Span sealed = segmentStore.span();
        superblock.write(
            new SuperblockCopy.State(
                carryOver.promised(),
                tail.oldest(),
                tail.newest(),
                sealed.through(),
                sealed.commands()));
      }
      sealer.run(retired);
    } catch (IOException e) {
      throw failure.keep(e);
    }
    refuseAfterFailure();
    return waiting.isEmpty();
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    refuseAfterFailure();
    return reader.read(from, through, bytesMax);
  }

  @Override
  public List<Proposal> unapplied(long from, long through, int bytesMax) {
    refuseAfterFailure();
    return reader.unapplied(from, through, bytesMax);
  }

  @Override
  public List<Vote> votes(long slot) {
    refuseAfterFailure();
    return reader.votes(slot);
  }

  @Override
  public long slotOfIndex(long commandIndex) {
    refuseAfterFailure();
    return reader.slotOfIndex(commandIndex);
  }

  @Override
  public long oldestSlot() {
    return segmentStore.span().first();
  }

  @Override
  public long oldestIndex() {
    return segmentStore.span().firstIndex();
  }

  @Override
  public StreamWriter stage(SnapshotMark mark) {
    refuseAfterFailure();
    return snapshots.stage(mark);
  }

  @Override
  public @Nullable StoredSnapshot snapshot() {
    refuseAfterFailure();
    return snapshots.open();
  }

  @Override
  public boolean distrust(boolean wrong) {
    refuseAfterFailure();
    if (!wrong && sealer.isRemoving()) {
      // After a crash, a start would keep those that reach the recorded slot.
      return false;
    }
    snapshots.distrust(wrong);
    return true;
  }

  @Override
  public boolean isDistrusted() {
    return snapshots.isDistrusted();
  }

  @Override
  public boolean install(SnapshotMark mark) {
    refuseAfterFailure();
    Check.that(
        mark.slot() <= snapshots.newest().slot(), "a snapshot is installed once it is sealed");
    if (mark.slot() < index.applied()) {
      return true;
    }
    if (!sealer.pause()) {
      return false;
    }
    Runnable rest = () -> {};
    try {
      tail.sync();
      rest = restart(mark);
      return true;
    } catch (IOException | JournalException e) {
      throw failure.keep(e);
    } finally {
      sealer.resume(rest);
    }
  }

  /**
   * The log continues after a sealed snapshot. Once the superblock records that, everything older
   * is obsolete, wherever the process ends.
   *
   * @return removes the files of it, and may take long
   */
  private Runnable restart(SnapshotMark mark) throws IOException {
    superblock.write(
        new SuperblockCopy.State(
            carryOver.promised(), tail.oldest(), tail.newest(), mark.slot(), mark.index()));
    Runnable removal = segmentStore.restart(mark.slot(), mark.index());
    index.restart(mark.slot(), mark.index());
    return removal;
  }

  @Override
  public void trim(Retention keep) {
    refuseAfterFailure();
    segmentStore.trim(snapshots.newest().slot() + 1, keep);
  }

  @Override
  public AppSnapshots appSnapshots() {
    return blobs;
  }

  @Override
  public long bytesOnDisk() {
    return superblock.bytes() + tail.bytes() + segmentStore.bytes();
  }

  /** Closes the tail such that its last record is known to be synced, unless it failed. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    sealer.close();
    try (disk;
        segmentStore) {
      if (!failure.happened()) {
        tail.seal();
      }
      tail.close();
      superblock.close();
    } catch (IOException e) {
      throw failure.keep(e);
    }
  }

  private void refuseAfterFailure() {
    failure.refuse();
    if (closed) {
      throw new JournalException(disk.path("") + ": the journal is closed");
    }
  }
}
