package io.synod.sim.fault;

import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.Processes;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.FaultyDisk;
import io.synod.sim.disk.MemorySegmentStore;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultKind;
import io.synod.storage.disk.Disk;
import io.synod.storage.sealed.StreamStore;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.SuperblockCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Injects lost disks and bit rot. */
public final class DiskNemesis {
  private final World world;
  private final Processes processes;
  private final Rng rng;

  public DiskNemesis(World world, Processes processes, Rng rng) {
    this.world = world;
    this.processes = processes;
    this.rng = rng;
  }

  /** Wipes the disk; the node returns as a new incarnation. */
  void wipe(Host host) {
    if (host.isUp()) {
      processes.crash(host, "wiped", true);
    }
    host.loseDisk(rng);
    world.mark(CoverageMark.NEW_INCARNATION);
    world.trace(() -> "node " + host.node + "  lost its disk");
    processes.restartLater(host);
  }

  /** Flips bits of synced data while the process is down. */
  void rot(Host host) {
    processes.crash(host, "rotting", true);
    @Nullable String file = host.disk.rot();
    if (file != null) {
      host.rot();
    }
    world.trace(() -> "node " + host.node + "  rot in " + file);
    processes.restartLater(host);
  }

  /**
   * Flips a bit of one copy of the superblock while the process is down. The other copy is
   * sufficient, so the next process must start.
   */
  void rotSuperblock(Host host) {
    processes.crash(host, "rotting", true);
    if (hasBothCopies(host)) {
      long copy = (long) rng.below(2) * Superblock.COPY_BYTES;
      host.disk.flip(Superblock.NAME, copy + rng.below(SuperblockCopy.USED_BYTES));
      world.mark(CoverageMark.SUPERBLOCK_COPY_DAMAGED);
      world.trace(() -> "node " + host.node + "  rot in the superblock at " + copy);
    }
    processes.restartLater(host);
  }

  private static boolean hasBothCopies(Host host) {
    FaultyDisk disk = host.disk.ifPowerFailed();
    if (!disk.list().contains(Superblock.NAME)) {
      return false;
    }
    try (Disk.BlockFile file = disk.open(Superblock.NAME)) {
      Superblock.CopyPair copies = Superblock.read(disk, file);
      return copies.first() != null && copies.second() != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flips a bit of a stored stream, whether or not a process runs. */
  void rotStream(Host host) {
    boolean all = maySpoil(host);
    StreamStore.Label label =
        host.archive
            .streams()
            .rot(rng, one -> all || !one.group().equals(MemorySegmentStore.SNAPSHOTS));
    if (label == null) {
      return;
    }
    if (label.group().equals(MemorySegmentStore.SNAPSHOTS)) {
      host.rotSnapshot();
    }
    world.trace(() -> "node " + host.node + "  rot in " + label);
    if (rng.below(2) == 0) {
      processes.kill(host);
    }
  }

  /** Flips a bit of a stored snapshot of a consumer, as the last fault of the run. */
  void rotUnseen() {
    Host host = world.hosts().get(rng.below(world.hosts().size()));
    if (world.profile().has(FaultKind.STREAM_ROT)) {
      host.archive.streams().rot(rng, one -> !one.group().equals(MemorySegmentStore.SNAPSHOTS));
    }
  }

  /** Whether this voter's disk may be lost for good without losing the quorum. */
  boolean maySpoil(Host host) {
    long known = world.knownToBeChosen();
    int lost = 0;
    for (Host other : world.hosts()) {
      if (other.voter && !other.observedNode.durable().formed() && !other.isForgotten()) {
        return false;
      }
      if (other.voter && (other.isSpoilt() || other.hasLostVote(known))) {
        lost++;
      }
    }
    return !host.voter || host.isSpoilt() || lost < (world.profile().voters - 1) / 2;
  }
}
