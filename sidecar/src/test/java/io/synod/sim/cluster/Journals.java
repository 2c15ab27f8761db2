package io.synod.sim.cluster;

import io.synod.runtime.port.Journal;
import io.synod.runtime.port.JournalException;
import io.synod.sim.check.Violation;
import io.synod.sim.check.core.CrashNow;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultKind;
import io.synod.sim.run.FaultProfile;
import io.synod.storage.journal.DurableJournal;
import io.synod.storage.journal.JournalRunner;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.tail.DiskIdentity;
import java.util.concurrent.Executor;

/**
 * Opens the production journal on the hosts' disks, and injects slow syncs and faults of disks as
 * the profile allows.
 */
public final class Journals {
  private static final long MILLIS = 1_000_000L;
  private static final int MISREAD_PER_MILLION = 3_000;
  private static final int MISREAD_OPENING_PER_MILLION = 15_000;
  private static final int UNFIT_PER_MILLION = 50_000;

  private final World world;
  private final Rng rng;

  Journals(World world, Rng rng) {
    this.world = world;
    this.rng = rng;
  }

  /** Prepares the disk of a host for a process that starts and may crash at {@code effects}. */
  void beforeOpening(Host host, CrashPoint effects) {
    host.disk.faults(faults(MISREAD_OPENING_PER_MILLION));
    host.disk.beforeEffect(effects::before);
  }

  /** Opens the journal on the disk of a host. */
  DurableJournal open(Host host, Executor sealing) {
    return open(host, host.disk, host.archive, task -> sealing.execute(() -> seal(host, task)));
  }

  private DurableJournal open(
      Host host, FaultyDisk disk, MemorySegmentStore archive, Executor sealing) {
    return DurableJournal.open(
        disk,
        archive,
        new DiskIdentity(World.CLUSTER, host.node, host.incarnation),
        new StorageSettings(world.profile().tailFileBytes),
        new JournalRunner(host.clock, sealing));
  }

  /** The journal, observed by the checkers, with a possible crash before every effect. */
  JournalTap tap(Journal journal, Host host, CrashPoint effects) {
    return new JournalTap(journal, host.observedNode, world.checkers(), effects, listener(host));
  }

  /** Sets the faults of a disk once its journal is open. */
  void opened(Host host) {
    host.disk.faults(faults(MISREAD_PER_MILLION));
    host.archive.streams().unfit(this::readsBackWrong);
  }

  private void seal(Host host, Runnable task) {
    int before = host.archive.seals();
    task.run();
    if (host.archive.seals() > before) {
      world.mark(CoverageMark.SEGMENT_SEALED);
    }
    if (host.archive.isOwed()) {
      world.mark(CoverageMark.SEAL_WITHOUT_ROOM);
    }
  }

  private DiskFaults faults(int misreadPerMillion) {
    FaultProfile profile = world.profile();
    return world.isCalm()
        ? DiskFaults.NONE
        : new DiskFaults(
            profile.writeErrorPerMillion,
            profile.syncErrorPerMillion,
            profile.has(FaultKind.MISDIRECTED_READ) ? misreadPerMillion : 0,
            Long.MAX_VALUE);
  }

  /** Decides whether a stream that was just written does not read back as it was written. */
  private boolean readsBackWrong() {
    boolean wrong =
        !world.isCalm()
            && world.profile().has(FaultKind.STREAM_ROT)
            && rng.chance(UNFIT_PER_MILLION);
    if (wrong) {
      world.mark(CoverageMark.STREAM_READ_BACK_WRONG);
    }
    return wrong;
  }

  private JournalTap.JournalListener listener(Host host) {
    return new JournalTap.JournalListener() {
      @Override
      public void beforeSync() {
        Journals.this.beforeSync(host);
      }

      @Override
      public void lacksRoom() {
        world.mark(CoverageMark.WRITES_WAIT_FOR_ROOM);
      }

      @Override
      public void read() {
        if (host.isUp()) {
          world.mark(
              host.turning ? CoverageMark.CAUGHT_UP_FROM_JOURNAL : CoverageMark.WATCH_FROM_JOURNAL);
        }
      }
    };
  }

  private void beforeSync(Host host) {
    if (host.hangNanos > 0) {
      host.clock.spend(host.hangNanos);
      host.hangNanos = 0;
      host.healthySince = world.now() + host.clock.spent();
    } else if (!world.isCalm() && rng.chance(world.profile().slowSyncPerMillion)) {
      host.clock.spend(rng.around(rng.below(4) == 0 ? 1_500 * MILLIS : 30 * MILLIS));
      world.mark(CoverageMark.SYNC_SLOW);
      host.healthySince = world.now() + host.clock.spent();
    } else {
      host.clock.spend(rng.between(MILLIS / 20, MILLIS / 2));
    }
  }

  /**
   * Checks that production code would recover exactly the synced data if the host lost power now.
   */
  public void checkDisk(Host host) {
    if (host.rotten || host.rottenSnapshot || host.ruined || !host.isUp()) {
      return;
    }
    DurableJournal journal;
    try {
      journal = open(host, host.disk.ifPowerFailed(), host.archive.copy(), Runnable::run);
    } catch (JournalException refused) {
      throw new Violation("I7", "node " + host.node + " would not come back: " + refused);
    }
    if (journal.incarnation() != host.observedNode.incarnation()) {
      throw new Violation("I7", "node " + host.node + " would come back as another incarnation");
    }
    CrashNow.compare(host.observedNode, journal.recovered());
  }
}
