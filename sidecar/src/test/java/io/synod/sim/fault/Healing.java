package io.synod.sim.fault;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.Processes;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.DiskFaults;
import io.synod.sim.disk.Rng;
import java.util.ArrayList;
import java.util.List;

/** Ends the faults of a run: it heals links, repairs disks, sets clocks and starts processes. */
public final class Healing {
  private static final long STUCK_NANOS = 10_000_000L;

  private final World world;
  private final Processes processes;
  private final DiskNemesis diskNemesis;
  private final Rng rng;

  public Healing(World world, Processes processes, DiskNemesis diskNemesis, Rng rng) {
    this.world = world;
    this.processes = processes;
    this.diskNemesis = diskNemesis;
    this.rng = rng;
  }

  /** Ends all faults. Lost data stays lost, and some nodes may stay disconnected. */
  public void calm() {
    world.network().heal(world.now());
    new WallClocks(world.profile().clocks).mend(world.hosts());
    boolean formed = true;
    for (Host host : world.hosts()) {
      host.disk.faults(DiskFaults.NONE);
      host.disk.full(false);
      host.archive.full(false);
      if (host.turnEnds() > world.now() + STUCK_NANOS) {
        // Its disk hangs. No clock may run back, so the process cannot simply continue.
        processes.kill(host);
      }
      host.goOn(world.now());
      SimulatedProcess process = host.process();
      if (process != null) {
        process.effects.endAt(Long.MAX_VALUE);
        host.hurry();
        processes.wake(host);
      } else if (host.isRuined()) {
        diskNemesis.wipe(host);
      }
      processes.start(host);
      if (host.isRuined()) {
        diskNemesis.wipe(host);
        processes.start(host);
      }
      formed &= !host.voter || host.isForgotten() || host.observedNode.durable().formed();
    }
    if (formed) {
      shape();
    }
  }

  /** Heals all links, or only those that a quorum needs. */
  private void shape() {
    List<Host> able = new ArrayList<>();
    long known = world.knownToBeChosen();
    for (Host host : world.hosts()) {
      if (host.voter && !host.hasLostVote(known) && host.isUp()) {
        able.add(host);
      }
    }
    int quorum = world.profile().voters / 2 + 1;
    int form = rng.below(4);
    if (form == 0) {
      Host hub = able.get(rng.below(able.size()));
      world.network().star(hub.node);
      world.trace(() -> "faults end: all are linked to node " + hub.node);
    } else if (form == 1) {
      while (able.size() > quorum) {
        Host left = able.remove(rng.below(able.size()));
        world.network().isolate(left.node);
        left.serve(false);
        world.trace(() -> "faults end: node " + left.node + " stays cut off");
      }
    } else {
      world.trace(() -> "faults end: all links are whole");
    }
  }

  /** Ends the process of a host that runs on, and starts no other. */
  public void kill(Host host) {
    processes.crash(host, "killed", false);
  }

  /** Starts a process there. */
  public void start(Host host) {
    processes.start(host);
  }

  /** Flips a bit of a stored snapshot of a consumer, as the last fault of the run. */
  public void rotUnseen() {
    diskNemesis.rotUnseen();
  }
}
