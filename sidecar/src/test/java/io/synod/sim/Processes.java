package io.synod.sim;

import io.synod.paxos.Self;
import io.synod.paxos.Write;
import io.synod.runtime.port.JournalException;
import io.synod.sim.CoverageMarks.Mark;
import io.synod.sim.check.CrashNow;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.storage.DiskIdentity;
import io.synod.storage.DurableJournal;
import io.synod.storage.StorageSettings;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/** Starts processes on hosts, and ends them in every way there is. */
final class Processes {
  private static final long MILLIS = 1_000_000L;
  private static final int MISREAD_PER_MILLION = 3_000;
  private static final int MISREAD_OPENING_PER_MILLION = 15_000;
  private static final int UNFIT_PER_MILLION = 50_000;

  private final World world;
  private final Rng rng;
  private final DiskNemesis diskNemesis;

  Processes(World world, Rng rng) {
    this.world = world;
    this.rng = rng;
    this.diskNemesis = new DiskNemesis(world, this, rng);
  }

  /** What becomes of disks. */
  DiskNemesis diskNemesis() {
    return diskNemesis;
  }

  /** Starts a process, unless one runs or the disk is ruined. */
  void start(Host host) {
    if (host.isUp() || host.ruined) {
      return;
    }
    world.count(1_000 + host.node);
    CrashPoint effects = new CrashPoint();
    if (!world.isCalm() && world.profile().has(FaultKind.CRASH_AT_EFFECT) && rng.below(6) == 0) {
      effects.endAt(rng.between(1, 12));
    }
    host.disk.faults(faults(MISREAD_OPENING_PER_MILLION));
    host.disk.beforeEffect(effects::before);
    boolean damaged = !host.archive.streams().isWhole(MemorySegmentStore.SNAPSHOTS);
    try {
      open(host, effects);
      if (damaged) {
        world.mark(Mark.DAMAGED_SNAPSHOT_LEFT);
      }
    } catch (CrashException crashException) {
      ended(host, "opening: " + crashException.where());
    } catch (JournalException failed) {
      host.process = null;
      if (damaged) {
        world.mark(Mark.DAMAGED_SNAPSHOT_NAMED);
      }
      if (host.disk.hasMisread()) {
        world.mark(Mark.MISREAD_WHILE_OPENING);
      }
      failed(host, failed);
    }
    world.checkers().confess();
  }

  private void open(Host host, CrashPoint effects) {
    BackgroundThread sealing = background(host);
    DurableJournal journal =
        openJournal(host, host.disk, host.archive, task -> sealing.execute(() -> seal(host, task)));
    host.observedNode.begin(journal.incarnation());
    world.checkers().began(host.observedNode, journal.recovered());
    for (Write kept : host.observedNode.opened(journal.recovered())) {
      world.checkers().synced(host.observedNode, kept);
    }
    JournalTap tap =
        new JournalTap(
            world.mutant().journal(journal),
            host.observedNode,
            world.checkers(),
            effects,
            listener(host));
    SimulatedProcess process =
        new SimulatedProcess(
            world,
            host,
            new SimulatedProcess.Born(self(host), tap, effects, background(host), rng.fork()));
    host.disk.faults(faults(MISREAD_PER_MILLION));
    host.archive.streams().unfit(this::readsBackWrong);
    host.process = process;
    host.isRestored = false;
    if (host.disk.isFull()) {
      world.mark(Mark.OPENED_ON_FULL_DISK);
    }
    if (host.torn) {
      world.mark(Mark.TORN_TAIL_RECOVERED);
      host.torn = false;
    }
    host.startedAt = world.now();
    host.healthySince = world.now();
    host.busyUntil = world.now();
    host.turnBegan = world.now();
    host.turnEnds = world.now();
    world.tell(() -> "node " + host.node + "  starts");
    for (Host other : world.hosts()) {
      if (other != host) {
        world.transport().reconnected(host.node, other.node);
      }
    }
    world.bookTurn(host, world.now());
  }

  private BackgroundThread background(Host host) {
    BackgroundThread thread = new BackgroundThread(world, host, rng.fork());
    host.background.add(thread);
    return thread;
  }

  DurableJournal openJournal(
      Host host, FaultyDisk disk, MemorySegmentStore archive, Executor sealing) {
    return DurableJournal.open(
        disk,
        archive,
        new DiskIdentity(World.CLUSTER, host.node, host.incarnation),
        new StorageSettings(world.profile().tailFileBytes),
        new DurableJournal.Runner(host.clock, sealing));
  }

  private void seal(Host host, Runnable task) {
    int before = host.archive.seals();
    task.run();
    if (host.archive.seals() > before) {
      world.mark(Mark.SEGMENT_SEALED);
    }
    if (host.archive.isOwed()) {
      world.mark(Mark.SEAL_WITHOUT_ROOM);
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

  /** A stream that was just written may not be what was to be written. */
  private boolean readsBackWrong() {
    boolean wrong =
        !world.isCalm()
            && world.profile().has(FaultKind.STREAM_ROT)
            && rng.chance(UNFIT_PER_MILLION);
    if (wrong) {
      world.mark(Mark.STREAM_READ_BACK_WRONG);
    }
    return wrong;
  }

  private JournalTap.Listener listener(Host host) {
    return new JournalTap.Listener() {
      @Override
      public void beforeSync() {
        Processes.this.beforeSync(host);
      }

      @Override
      public void lacksRoom() {
        world.mark(Mark.WRITES_WAIT_FOR_ROOM);
      }

      @Override
      public void read() {
        if (host.isUp()) {
          world.mark(host.turning ? Mark.CAUGHT_UP_FROM_JOURNAL : Mark.WATCH_FROM_JOURNAL);
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
      world.mark(Mark.SYNC_SLOW);
      host.healthySince = world.now() + host.clock.spent();
    } else {
      host.clock.spend(rng.between(MILLIS / 20, MILLIS / 2));
    }
  }

  private Self self(Host host) {
    TreeSet<Integer> voters = new TreeSet<>();
    TreeSet<Integer> peers = new TreeSet<>();
    for (Host other : world.hosts()) {
      if (other.voter) {
        voters.add(other.node);
      }
      if (other != host) {
        peers.add(other.node);
      }
    }
    int priority = host.node == 1 ? 1 : 0;
    return new Self(host.node, host.observedNode.incarnation(), priority, voters, peers);
  }

  /** The process is no more; half of the time that is all. */
  private void end(Host host, String how) {
    crash(host, how, rng.below(2) == 0);
  }

  /**
   * The process is no more.
   *
   * @param power whether the power went with it: then what was not synced is left to the disk
   */
  void crash(Host host, String how, boolean power) {
    SimulatedProcess process = host.process;
    if (process != null) {
      process.ended = true;
      // What the turn that does not end has learned may be on the disk.
      host.chosenEver = Math.max(host.chosenEver, process.node().chosenThrough());
      for (io.synod.paxos.Event event : process.unfinished()) {
        world.tell(() -> "node " + host.node + " (ending)  " + event);
        if (event instanceof io.synod.paxos.Event.Formed) {
          world.checkers().happened(host.observedNode, event);
        }
      }
    }
    host.process = null;
    if (host.background.stream().anyMatch(thread -> thread.waiting() > 0)) {
      world.mark(Mark.ENDED_WITH_WORK_WAITING);
    }
    host.background.forEach(BackgroundThread::end);
    host.background.clear();
    host.inbox.clear();
    host.turnAt = Long.MAX_VALUE;
    host.booking++;
    host.clock.settle();
    host.archive.processEnds();
    host.leaderSince = Long.MAX_VALUE;
    host.turning = false;
    boolean unsynced = !host.observedNode.unsynced().isEmpty();
    if (power) {
      int lost = host.disk.crash(world.profile().tearing);
      host.torn = unsynced && lost > 0 && lost < host.disk.dirtyAtCrash();
      if (unsynced) {
        world.mark(lost > 0 ? Mark.UNSYNCED_LOST : Mark.UNSYNCED_KEPT);
      }
      world.tell(() -> "node " + host.node + "  loses power: " + how + ", sectors lost: " + lost);
    } else {
      host.disk.processEnds();
      if (unsynced) {
        world.mark(Mark.UNSYNCED_IN_MEMORY);
      }
      world.tell(() -> "node " + host.node + "  ends: " + how);
    }
    world.clients().lost(host);
  }

  /** The process ended in the middle of something. */
  void ended(Host host, String where) {
    world.mark(Mark.CRASHED_AT_EFFECT);
    if (where.startsWith("snapshot")) {
      world.mark(Mark.CRASHED_IN_SNAPSHOT);
    } else if (where.equals("sync") || where.equals("disk sync")) {
      world.mark(Mark.CRASHED_BETWEEN_WRITE_AND_SYNC);
    } else if (where.equals("after sync")) {
      world.mark(Mark.CRASHED_BETWEEN_SYNC_AND_VOW);
    }
    end(host, where);
    restartLater(host);
  }

  /** The process stopped of its own accord: its disk failed, or is damaged. */
  void failed(Host host, RuntimeException why) {
    boolean explained = host.disk.hasFailed();
    world.mark(explained ? Mark.STOPPED_BY_DISK : Mark.DAMAGE_FOUND);
    // A snapshot that is damaged keeps nobody who runs from running.
    boolean damaged = host.rotten || (host.process == null && host.rottenSnapshot);
    if (!explained && !damaged) {
      throw World.unexpected(host, why);
    }
    end(host, String.valueOf(why.getMessage()));
    if (!explained) {
      host.ruined = true;
    }
    restartLater(host);
  }

  /** Starts a process there after a while. */
  void restartLater(Host host) {
    // In calm weather a process that still stops for what happened before is back at once.
    long later = world.isCalm() ? MILLIS : rng.around(world.profile().outageNanos);
    world.eventQueue().in(later, () -> start(host));
  }

  /** Ends the process between two turns, and starts another later. */
  void kill(Host host) {
    if (host.isUp()) {
      end(host, "killed");
      restartLater(host);
    }
  }

  /** Takes the power from a host for a while, whether or not a process runs on it. */
  void cutPower(Host host) {
    boolean up = host.isUp();
    crash(host, "the power went", true);
    if (up) {
      restartLater(host);
    }
  }

  /** What production code would recover if the power failed now is what is durable. */
  void questionDisk(Host host) {
    if (host.rotten || host.rottenSnapshot || host.ruined || !host.isUp()) {
      return;
    }
    DurableJournal journal;
    try {
      journal = openJournal(host, host.disk.ifPowerFailed(), host.archive.copy(), Runnable::run);
    } catch (JournalException refused) {
      throw new Violation("I7", "node " + host.node + " would not come back: " + refused);
    }
    if (journal.incarnation() != host.observedNode.incarnation()) {
      throw new Violation("I7", "node " + host.node + " would come back as another incarnation");
    }
    CrashNow.compare(host.observedNode, journal.recovered());
  }
}
