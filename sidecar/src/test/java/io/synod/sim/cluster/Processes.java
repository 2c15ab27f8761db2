package io.synod.sim.cluster;

import io.synod.paxos.Self;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.NodePorts;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultKind;
import io.synod.storage.journal.DurableJournal;
import java.util.List;
import java.util.TreeSet;

/** Starts processes on hosts, and ends them by kills, crashes and power failures. */
public final class Processes implements Turns.Endings {
  private static final long MILLIS = 1_000_000L;

  private final World world;
  private final Surroundings surroundings;
  private final Rng rng;
  private final Turns turns;
  private final SimulatedTransport transport;
  private final Journals journals;

  /**
   * Creates the owner of all processes, none of which runs yet.
   *
   * @param links the random numbers of links
   * @param rng the random numbers of processes and disks
   */
  public Processes(World world, Surroundings surroundings, Rng links, Rng rng) {
    this.world = world;
    this.surroundings = surroundings;
    this.rng = rng;
    this.turns = new Turns(world, surroundings, this);
    this.transport = new SimulatedTransport(world, turns, surroundings, links);
    this.journals = new Journals(world, rng);
  }

  /** The transport between the processes. */
  public SimulatedTransport transport() {
    return transport;
  }

  /** The opener of their journals. */
  public Journals journals() {
    return journals;
  }

  /** Schedules a turn of the process on this host now. */
  public void wake(Host host) {
    turns.book(host);
  }

  /** Starts a process, unless one runs or the disk is ruined. */
  public void start(Host host) {
    if (host.isUp() || host.ruined) {
      return;
    }
    world.count(1_000 + host.node);
    CrashPoint effects = new CrashPoint();
    if (!world.isCalm() && world.profile().has(FaultKind.CRASH_AT_EFFECT) && rng.below(6) == 0) {
      effects.endAt(rng.between(1, 12));
    }
    journals.beforeOpening(host, effects);
    boolean damaged = !host.archive.streams().isWhole(MemorySegmentStore.SNAPSHOTS);
    try {
      open(host, effects);
      if (damaged) {
        world.mark(CoverageMark.DAMAGED_SNAPSHOT_LEFT);
      }
    } catch (CrashException crashException) {
      ended(host, "opening: " + crashException.where());
    } catch (JournalException failed) {
      host.process = null;
      if (damaged) {
        world.mark(CoverageMark.DAMAGED_SNAPSHOT_NAMED);
      }
      if (host.disk.hasMisread()) {
        world.mark(CoverageMark.MISREAD_WHILE_OPENING);
      }
      failed(host, failed);
    }
    world.checkers().throwRecorded();
  }

  private void open(Host host, CrashPoint effects) {
    DurableJournal journal = journals.open(host, background(host));
    host.observedNode.begin(journal.incarnation());
    world.checkers().began(host.observedNode, journal.recovered());
    for (Write kept : host.observedNode.opened(journal.recovered())) {
      world.checkers().synced(host.observedNode, kept);
    }
    JournalTap tap = journals.tap(surroundings.journal(journal), host, effects);
    SimulatedProcess process =
        new SimulatedProcess(
            world,
            host,
            new SimulatedProcess.Born(self(host), tap, effects, background(host), rng.fork()),
            outside(host));
    journals.opened(host);
    host.process = process;
    host.isRestored = false;
    if (host.disk.isFull()) {
      world.mark(CoverageMark.OPENED_ON_FULL_DISK);
    }
    if (host.torn) {
      world.mark(CoverageMark.TORN_TAIL_RECOVERED);
      host.torn = false;
    }
    host.startedAt = world.now();
    host.healthySince = world.now();
    host.busyUntil = world.now();
    host.turnBegan = world.now();
    host.turnEnds = world.now();
    world.trace(() -> "node " + host.node + "  starts");
    for (Host other : world.hosts()) {
      if (other != host) {
        transport.reconnected(host.node, other.node);
      }
    }
    turns.book(host);
  }

  private BackgroundThread background(Host host) {
    BackgroundThread thread =
        new BackgroundThread(world, host.node, task -> turns.beside(host, task), rng.fork());
    host.background.add(thread);
    return thread;
  }

  private SimulatedProcess.Outside outside(Host host) {
    return new SimulatedProcess.Outside() {
      @Override
      public NodePorts ports(NodePorts own) {
        return surroundings.ports(own, host);
      }

      @Override
      public List<Input> replaceInputs(SimulatedProcess process, List<Input> inputs) {
        return surroundings.replaceInputs(host, process, inputs);
      }

      @Override
      public boolean send(int to, Message message, long formation) {
        return transport.send(host, to, message, formation);
      }

      @Override
      public void wake() {
        turns.book(host);
      }
    };
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

  /** Ends the process; in half of the cases the host loses power too. */
  private void end(Host host, String how) {
    crash(host, how, rng.below(2) == 0);
  }

  /**
   * Ends the process.
   *
   * @param power whether the host loses power too, so that unsynced data may be lost
   */
  public void crash(Host host, String how, boolean power) {
    SimulatedProcess process = host.process;
    if (process != null) {
      process.ended = true;
      // What was learned in an unfinished turn may be on the disk.
      host.chosenEver = Math.max(host.chosenEver, process.node().chosenThrough());
      for (io.synod.paxos.value.Event event : process.unfinished()) {
        world.trace(() -> "node " + host.node + " (ending)  " + event);
        if (event instanceof io.synod.paxos.value.Event.Formed) {
          world.checkers().happened(host.observedNode, event);
        }
      }
    }
    host.process = null;
    for (Host other : world.hosts()) {
      if (other.process != null) {
        other.process.disconnected(host.node);
      }
    }
    if (host.background.stream().anyMatch(thread -> thread.waiting() > 0)) {
      world.mark(CoverageMark.ENDED_WITH_WORK_WAITING);
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
        world.mark(lost > 0 ? CoverageMark.UNSYNCED_LOST : CoverageMark.UNSYNCED_KEPT);
      }
      world.trace(() -> "node " + host.node + "  loses power: " + how + ", sectors lost: " + lost);
    } else {
      host.disk.processEnds();
      if (unsynced) {
        world.mark(CoverageMark.UNSYNCED_IN_MEMORY);
      }
      world.trace(() -> "node " + host.node + "  ends: " + how);
      transport.refused(host.node);
    }
    surroundings.lost(host);
  }

  @Override
  public void ended(Host host, String where) {
    world.mark(CoverageMark.CRASHED_AT_EFFECT);
    if (where.startsWith("snapshot")) {
      world.mark(CoverageMark.CRASHED_IN_SNAPSHOT);
    } else if (where.equals("sync") || where.equals("disk sync")) {
      world.mark(CoverageMark.CRASHED_BETWEEN_WRITE_AND_SYNC);
    } else if (where.equals("after sync")) {
      world.mark(CoverageMark.CRASHED_BETWEEN_SYNC_AND_SEND);
    }
    end(host, where);
    restartLater(host);
  }

  /** The process stopped because its disk failed or is damaged. */
  @Override
  public void failed(Host host, RuntimeException why) {
    boolean explained = host.disk.hasFailed();
    world.mark(explained ? CoverageMark.STOPPED_BY_DISK : CoverageMark.DAMAGE_FOUND);
    // A damaged snapshot is no reason for a running process to stop.
    boolean damaged = host.rotten || (host.process == null && host.rottenSnapshot);
    if (!explained && !damaged) {
      throw Violation.unexpected(host.node, why);
    }
    end(host, String.valueOf(why.getMessage()));
    if (!explained) {
      host.ruined = true;
    }
    restartLater(host);
  }

  /** Starts a process there after an outage. */
  public void restartLater(Host host) {
    // After the phase of faults, a process that stops for an earlier fault is restarted at once.
    long later = world.isCalm() ? MILLIS : rng.around(world.profile().outageNanos);
    world.eventQueue().in(later, () -> start(host));
  }

  /** Ends the process between two turns, and restarts it later. */
  public void kill(Host host) {
    if (host.isUp()) {
      end(host, "killed");
      restartLater(host);
    }
  }

  /** Cuts the power of a host for a while, whether or not a process runs on it. */
  public void cutPower(Host host) {
    boolean up = host.isUp();
    crash(host, "the power went", true);
    if (up) {
      restartLater(host);
    }
  }
}
