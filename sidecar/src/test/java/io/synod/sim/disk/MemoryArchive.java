package io.synod.sim.disk;

import io.synod.paxos.Vote;
import io.synod.runtime.ChosenSlot;
import io.synod.storage.Archive;
import java.util.ArrayList;
import java.util.List;

/** Sealed slots in memory: durable as soon as they are sealed, and lost only with the disk. */
public final class MemoryArchive implements Archive {
  private final List<Sealed> sealed = new ArrayList<>();
  private long commands;
  private int seals;

  /** How often something was sealed. */
  public int seals() {
    return seals;
  }

  /** Everything in it is lost. */
  public void wipe() {
    sealed.clear();
    commands = 0;
  }

  /** An independent copy. */
  public MemoryArchive copy() {
    MemoryArchive copy = new MemoryArchive();
    copy.sealed.addAll(sealed);
    copy.commands = commands;
    return copy;
  }

  @Override
  public long through() {
    return sealed.size();
  }

  @Override
  public long commands() {
    return commands;
  }

  @Override
  public void seal(List<Sealed> slots) {
    for (Sealed slot : slots) {
      if (slot.slot().proposal().slot() != through() + 1) {
        throw new IllegalStateException("sealed out of order: " + slot.slot().proposal().slot());
      }
      if (slot.slot().firstIndex() != commands + 1) {
        throw new IllegalStateException("sealed with a wrong index: " + slot.slot().firstIndex());
      }
      sealed.add(slot);
      commands += slot.slot().proposal().batch().count();
    }
    seals++;
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    List<ChosenSlot> page = new ArrayList<>();
    long bytes = 0;
    for (long slot = from; slot >= 1 && slot <= Math.min(through, through()); slot++) {
      ChosenSlot held = sealed.get((int) slot - 1).slot();
      bytes += held.proposal().batch().size();
      if (!page.isEmpty() && bytes > bytesMax) {
        break;
      }
      page.add(held);
    }
    return page;
  }

  @Override
  public List<Vote> votes(long slot) {
    return slot < 1 || slot > through() ? List.of() : sealed.get((int) slot - 1).votes();
  }

  @Override
  public long slotOfIndex(long index) {
    int low = 0;
    int high = sealed.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      ChosenSlot slot = sealed.get(middle).slot();
      if (index < slot.firstIndex()) {
        high = middle - 1;
      } else if (index >= slot.firstIndex() + slot.proposal().batch().count()) {
        low = middle + 1;
      } else {
        return middle + 1L;
      }
    }
    return low < sealed.size() ? low + 1L : 0;
  }

  @Override
  public long bytes() {
    return sealed.size() * 64L;
  }

  @Override
  public void close() {
    // It outlives the process.
  }
}
