package io.synod.sim;

import io.synod.sim.Marks.Mark;
import io.synod.sim.disk.Dice;
import io.synod.sim.disk.MemoryArchive;
import io.synod.storage.Vault;
import org.jspecify.annotations.Nullable;

/** Takes disks away, and changes what is on them. */
final class Decay {
  private final World world;
  private final Machines machines;
  private final Dice dice;

  Decay(World world, Machines machines, Dice dice) {
    this.world = world;
    this.machines = machines;
    this.dice = dice;
  }

  /** Takes the disk away. What comes back is a new incarnation. */
  void wipe(Host host) {
    if (host.isUp()) {
      machines.crash(host, "wiped", true);
    }
    host.disk.wipe();
    host.archive.wipe();
    host.incarnation = Host.newIncarnation(dice);
    host.forgotten = true;
    host.ruined = false;
    host.rotten = false;
    host.rottenSnapshot = false;
    host.chosenEver = 0;
    world.mark(Mark.NEW_INCARNATION);
    world.tell(() -> "node " + host.node + "  lost its disk");
    machines.restartLater(host);
  }

  /** Bits of what a host had synced change while nobody looks. */
  void rot(Host host) {
    machines.crash(host, "rotting", true);
    @Nullable String file = host.disk.rot();
    host.rotten |= file != null;
    world.tell(() -> "node " + host.node + "  rot in " + file);
    machines.restartLater(host);
  }

  /** Bits of a stream change, whether or not anybody looks. */
  void rotStream(Host host) {
    boolean all = maySpare(host);
    Vault.Label label =
        host.archive.vault().rot(dice, one -> all || !one.shelf().equals(MemoryArchive.SNAPSHOTS));
    if (label == null) {
      return;
    }
    host.rottenSnapshot |= label.shelf().equals(MemoryArchive.SNAPSHOTS);
    world.tell(() -> "node " + host.node + "  rot in " + label);
    if (dice.below(2) == 0) {
      machines.kill(host);
    }
  }

  /** The last thing that goes wrong: something that was handed over changes where it is kept. */
  void rotUnseen() {
    Host host = world.hosts().get(dice.below(world.hosts().size()));
    if (world.weather().has(FaultKind.STREAM_ROT)) {
      host.archive.vault().rot(dice, one -> !one.shelf().equals(MemoryArchive.SNAPSHOTS));
    }
  }

  /** Whether one more voter may be lost for good. */
  boolean maySpare(Host host) {
    int lost = 0;
    for (Host other : world.hosts()) {
      if (other.voter && !other.seat.durable().formed() && !other.forgotten) {
        return false;
      }
      if (other.voter && other.isSpoilt()) {
        lost++;
      }
    }
    return !host.voter || host.isSpoilt() || lost < (world.weather().voters - 1) / 2;
  }
}
