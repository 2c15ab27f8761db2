package io.synod.storage.journal;

import io.synod.paxos.value.Check;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.NoSpaceException;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.tail.RecordLocation;
import io.synod.storage.tail.TailFile;
import io.synod.storage.tail.TailIndex;
import io.synod.storage.tail.TailLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.logging.Logger;

/**
 * Runs the long operations of a journal in the background: seals files of the tail whose slots are
 * applied, removes sealed ones, and creates the next one before it is needed. The loop's thread
 * calls it; at most one task runs at a time.
 */
final class Sealer {
  private static final Logger LOG = Logger.getLogger(Sealer.class.getName());
  // Normally one file is written and one is being sealed.
  private static final int FILES_HELD_UP = 3;
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final TailLog tail;
  private final TailIndex index;
  private final SegmentStore segmentStore;
  private final Clock clock;
  private final Executor executor;
  private final Consumer<JournalException> failed;
  private final Semaphore idle = new Semaphore(1);
  private volatile boolean removing;
  // Invariant: every slot in the files up to this one is in the archive.
  private volatile long sealedSequence;
  // The newest file when the loop's thread last found that no file could be removed.
  private long heldUpAt;
  // Whether there was no space for a seal, and when that was tried.
  private volatile boolean withoutRoom;
  private volatile long triedAtNanos;
  // When the next file of the tail was last tried, or this sealer started.
  private volatile long spareTriedAtNanos;

  /**
   * The work of one task.
   *
   * @param retired files to remove: they are sealed, and the superblock records that
   * @param newest the first file that must not be sealed, like all later ones
   * @param applied slots up to here may be sealed: marks of later ones may be lost in a power
   *     failure
   * @param spare whether to create the next file
   * @param seals whether to seal
   * @param heldUp whether to seal although no file can be removed
   */
  private record Work(
      List<TailFile> retired,
      long newest,
      long applied,
      boolean spare,
      boolean seals,
      boolean heldUp) {}

  Sealer(
      TailLog tail,
      TailIndex index,
      SegmentStore segmentStore,
      JournalRunner runner,
      Consumer<JournalException> failed) {
    this.tail = tail;
    this.index = index;
    this.segmentStore = segmentStore;
    this.clock = runner.clock();
    this.spareTriedAtNanos = clock.nanos();
    this.executor = runner.executor();
    this.failed = failed;
  }

  /**
   * Creates the next file if the one in use is already nearly used up. It is called once, at
   * opening.
   */
  void begin() {
    if (tail.needsSpare() && idle.tryAcquire()) {
      start(new Work(List.of(), tail.newest(), index.recorded(), true, false, false));
    }
  }

  /** Removes sealed files from the tail; {@link #run} deletes them once that is recorded. */
  List<TailFile> retire() {
    if (idle.availablePermits() == 0) {
      return List.of();
    }
    return tail.retire(Math.min(sealedSequence, tail.newest() - 1));
  }

  /** Whether {@link #run} has something to retry that found no space. */
  boolean isDue() {
    return isSealDue() || isSpareDue();
  }

  private boolean isSealDue() {
    return withoutRoom && clock.nanos() - triedAtNanos >= RETRY_NANOS;
  }

  private boolean isSpareDue() {
    return tail.next().lacksRoom() && clock.nanos() - spareTriedAtNanos >= RETRY_NANOS;
  }

  /**
   * Starts a task if there is work, and none is running. It is called after a sync, before anything
   * more is written.
   */
  void run(List<TailFile> retired) {
    long newest = tail.newest();
    long applied = index.recorded();
    boolean spare = tail.needsSpare() || isSpareDue();
    boolean again = isSealDue();
    boolean seals = again || !withoutRoom;
    boolean many = newest - sealedSequence > FILES_HELD_UP;
    boolean heldUp = seals && many && (again || newest != heldUpAt);
    if (retired.isEmpty() && !spare && !heldUp && !(seals && anySealable(newest, applied))) {
      return;
    }
    if (!idle.tryAcquire()) {
      Check.that(retired.isEmpty(), "files are retired only while no task runs");
      return;
    }
    heldUpAt = heldUp ? newest : heldUpAt;
    start(new Work(retired, newest, applied, spare, seals, heldUp));
  }

  private void start(Work work) {
    if (work.spare) {
      tail.spareTried();
    }
    try {
      executor.execute(() -> task(work));
    } catch (RejectedExecutionException e) {
      idle.release();
      throw new JournalException("the executor for sealing refuses its task", e);
    }
  }

  private boolean anySealable(long newest, long applied) {
    for (TailFile file : tail.files()) {
      if (file.sequence() > sealedSequence) {
        return sealable(file, newest, applied);
      }
    }
    return false;
  }

  private boolean sealable(TailFile file, long newest, long applied) {
    return file.sequence() < newest && file.slotMax() <= applied;
  }

  private void task(Work work) {
    try {
      if (work.spare) {
        tail.next().prepare();
        spareTriedAtNanos = clock.nanos();
      }
      for (TailFile file : work.retired) {
        index.remove(file.sequence(), segmentStore.through());
        tail.next().delete(file);
      }
      if (work.seals) {
        seal(work);
      }
    } catch (IOException | UncheckedIOException e) {
      failed.accept(new JournalException(String.valueOf(e.getMessage()), e));
    } catch (JournalException e) {
      failed.accept(e);
    } catch (RuntimeException | Error e) {
      failed.accept(new JournalException("sealing failed", e));
      throw e;
    } finally {
      idle.release();
    }
  }

  /**
   * If there is no space for a segment, its slots stay in the tail, and sealing is retried later.
   */
  private void seal(Work work) {
    try {
      for (TailFile file : tail.files()) {
        if (!sealable(file, work.newest, work.applied)) {
          break;
        }
        if (file.slotMax() > segmentStore.through()) {
          segmentStore.seal(new Unsealed(segmentStore.through(), file.slotMax()));
          Check.that(
              segmentStore.through() == file.slotMax(),
              "a file is sealed as a whole",
              segmentStore.through(),
              file.slotMax());
        }
        sealedSequence = file.sequence();
      }
      if (work.heldUp) {
        sealWithoutFiles(work.applied);
      }
      withoutRoom = false;
    } catch (NoSpaceException e) {
      triedAtNanos = clock.nanos();
      if (!withoutRoom) {
        LOG.warning(
            () ->
                e.getMessage()
                    + "; the slots stay in the tail, and sealing is retried: free disk space");
      }
      withoutRoom = true;
    }
  }

  /**
   * A node that catches up votes for slots far ahead of what it has applied, and every file of its
   * tail holds some of those: no file can be removed yet. Applied slots are sealed all the same, so
   * that neither this process nor the next one has to keep them in memory.
   */
  private void sealWithoutFiles(long applied) throws NoSpaceException {
    long through = index.spanning(segmentStore.through(), tail.fileBytes());
    while (through > 0 && through <= applied) {
      Unsealed slots = new Unsealed(segmentStore.through(), through);
      segmentStore.seal(slots);
      Check.that(
          segmentStore.through() == through,
          "slots are forgotten once they are sealed",
          segmentStore.through(),
          through);
      slots.removeAll();
      through = index.spanning(segmentStore.through(), tail.fileBytes());
    }
  }

  /** Prevents tasks from starting until {@link #resume}; returns false if one is running. */
  boolean pause() {
    return idle.tryAcquire();
  }

  /** Permits tasks again after {@code rest} has removed files in the background. */
  void resume(Runnable rest) {
    removing = true;
    try {
      executor.execute(
          () -> {
            try {
              rest.run();
              removing = false;
            } catch (JournalException e) {
              failed.accept(e);
            } finally {
              idle.release();
            }
          });
    } catch (RejectedExecutionException e) {
      idle.release();
      throw new JournalException("the executor for sealing refuses its task", e);
    }
  }

  /** Whether files of slots that a snapshot replaced are still being removed. */
  boolean isRemoving() {
    return removing;
  }

  /** Waits for the running task; none runs afterwards. */
  void close() {
    idle.acquireUninterruptibly();
  }

  /** The applied slots of a seal, each read from the tail when it is accessed. */
  private final class Unsealed extends AbstractList<SegmentStore.Sealed> {
    private final long after;
    private final long through;
    private final int[] records;

    Unsealed(long after, long through) {
      this.after = after;
      this.through = through;
      this.records = new int[size()];
    }

    void removeAll() {
      for (int i = 0; i < records.length; i++) {
        index.removeSealed(after + 1 + i, records[i]);
      }
    }

    @Override
    public SegmentStore.Sealed get(int i) {
      long number = after + 1 + i;
      TailIndex.IndexedSlot slot = index.get(number);
      if (slot == null) {
        throw new JournalException("slot " + number + " is applied and missing in the tail");
      }
      Check.that(slot.firstIndex() > 0, "only applied slots are sealed", number, through);
      records[i] = slot.records().size();
      try {
        ChosenSlot chosen =
            new ChosenSlot(slot.highest().proposal(), slot.firstIndex(), slot.effects());
        return new SegmentStore.Sealed(
            chosen, slot.records().stream().map(RecordLocation::vote).toList());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int size() {
      return Math.toIntExact(through - after);
    }
  }
}
