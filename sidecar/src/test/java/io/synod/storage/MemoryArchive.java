package io.synod.storage;

import io.synod.paxos.Vote;
import io.synod.runtime.ChosenSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/** An archive without faults. What was sealed stays when it is closed. */
public final class MemoryArchive implements Archive {
  private final List<Sealed> slots = new CopyOnWriteArrayList<>();

  private final LongConsumer sealed;

  /** An empty archive. */
  public MemoryArchive() {
    this(through -> {});
  }

  /** An empty archive that tells how far it sealed. */
  MemoryArchive(LongConsumer sealed) {
    this.sealed = sealed;
  }

  @Override
  public long through() {
    return slots.size();
  }

  @Override
  public long commands() {
    if (slots.isEmpty()) {
      return 0;
    }
    ChosenSlot last = slots.get(slots.size() - 1).slot();
    return last.firstIndex() + last.proposal().batch().count() - 1;
  }

  @Override
  public void seal(List<Sealed> more) {
    List<Sealed> checked = new ArrayList<>();
    long expected = through() + 1;
    for (Sealed sealed : more) {
      if (sealed.slot().proposal().slot() != expected) {
        throw new IllegalStateException("slot " + expected + " was to be sealed");
      }
      expected++;
      checked.add(sealed);
    }
    slots.addAll(checked);
    sealed.accept(through());
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    List<ChosenSlot> page = new ArrayList<>();
    long left = bytesMax;
    for (long slot = from; slot <= Math.min(through, through()); slot++) {
      if (!page.isEmpty() && left <= 0) {
        break;
      }
      ChosenSlot chosen = slots.get((int) slot - 1).slot();
      left -= chosen.proposal().batch().size();
      page.add(chosen);
    }
    return page;
  }

  @Override
  public List<Vote> votes(long slot) {
    return slot >= 1 && slot <= through() ? slots.get((int) slot - 1).votes() : List.of();
  }

  @Override
  public long slotOfIndex(long index) {
    for (Sealed sealed : slots) {
      ChosenSlot slot = sealed.slot();
      if (slot.firstIndex() + slot.proposal().batch().count() > index
          && !slot.proposal().batch().isNoOp()) {
        return slot.proposal().slot();
      }
    }
    return 0;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (Sealed sealed : slots) {
      bytes += sealed.slot().proposal().batch().size();
    }
    return bytes;
  }

  @Override
  public void close() {}
}
