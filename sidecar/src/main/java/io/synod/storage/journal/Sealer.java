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
 * Does what takes long beside the loop: seals files of the tail whose slots are applied, removes
 * those that were sealed, and makes the next one before it is needed. The loop's thread calls; at
 * most one task runs at a time.
 */
final class Sealer {
  private static final Logger LOG = Logger.getLogger(Sealer.class.getName());
  // As a rule one file is written and one is being sealed.
  private static final int FILES_HELD_UP = 3;
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final TailLog tail;
  private final TailIndex index;
  private final SegmentStore segmentStore;
  private final Clock clock;
  private final Executor executor;
  private final Consumer<JournalException> failed;
  private final Semaphore idle = new Semaphore(1);
  // Invariant: every slot in the files up to this one is in the archive.
  private volatile long sealedSequence;
  // The newest file when the loop's thread last found the files held up.
  private long heldUpAt;
  // Whether there was no room for a seal, and when that was tried.
  private volatile boolean withoutRoom;
  private volatile long triedAtNanos;
  // When the next file of the tail was tried last, or this began.
  private volatile long spareTriedAtNanos;

  /**
   * What one task does.
   *
   * @param retired removed, since they are sealed and the superblock says so
   * @param newest not sealed, nor any after it
   * @param applied sealed up to here: what is applied later may be lost with the power
   * @param spare whether the next file is made
   * @param seals whether sealing is tried
   * @param heldUp whether to seal although no file can go
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

  /** Makes the next file if much of the one in use is used already. Called once, at opening. */
  void begin() {
    if (tail.wantsSpare() && idle.tryAcquire()) {
      start(new Work(List.of(), tail.newest(), index.recorded(), true, false, false));
    }
  }

  /** Takes out of the tail what is sealed; to be removed by {@link #run} once that is recorded. */
  List<TailFile> retire() {
    if (idle.availablePermits() == 0) {
      return List.of();
    }
    return tail.retire(Math.min(sealedSequence, tail.newest() - 1));
  }

  /** Whether something that found no room is to be tried again, by {@link #run}. */
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
   * Starts a task if there is work, and none is under way. Called after a sync, before anything
   * more is written.
   */
  void run(List<TailFile> retired) {
    long newest = tail.newest();
    long applied = index.recorded();
    boolean spare = tail.wantsSpare() || isSpareDue();
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
        index.forget(file.sequence(), segmentStore.through());
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

  /** Without room for it, what is to be sealed stays in the tail, and is tried again later. */
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
            () -> e.getMessage() + "; the slots stay in the tail, and it tries again: make room");
      }
      withoutRoom = true;
    }
  }

  /**
   * A node that catches up votes for slots far ahead of what it has applied, and every file of its
   * tail holds some of those: no file can go yet. What is applied is sealed all the same, so that
   * neither this process nor the next one has to keep it in memory.
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
      slots.forget();
      through = index.spanning(segmentStore.through(), tail.fileBytes());
    }
  }

  /** Keeps tasks from starting until {@link #resume}; false if one is under way. */
  boolean pause() {
    return idle.tryAcquire();
  }

  /** Lets tasks start again once {@code rest} was done, beside the loop. */
  void resume(Runnable rest) {
    try {
      executor.execute(
          () -> {
            try {
              rest.run();
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

  /** Waits for the task under way; none runs afterwards. */
  void close() {
    idle.acquireUninterruptibly();
  }

  /** The applied slots that a seal takes, each read from the tail when it is asked for. */
  private final class Unsealed extends AbstractList<SegmentStore.Sealed> {
    private final long after;
    private final long through;
    private final int[] records;

    Unsealed(long after, long through) {
      this.after = after;
      this.through = through;
      this.records = new int[size()];
    }

    void forget() {
      for (int i = 0; i < records.length; i++) {
        index.forgetSealed(after + 1 + i, records[i]);
      }
    }

    @Override
    public SegmentStore.Sealed get(int i) {
      long number = after + 1 + i;
      TailIndex.IndexedSlot slot = index.get(number);
      if (slot == null) {
        throw new JournalException("slot " + number + " is applied and not in the tail");
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
